#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "clients/cli/texts.h"

namespace jpkid::cli {

// What is wrong with the command line that `app` did not understand, in our own words: CLI11 has
// its own in English alone, and names no unknown command.
std::string SentenceOf(const Words& words, const CLI::App& app, const CLI::ParseError& error);

// The command that the line chose, as far as it was understood.
const CLI::App& ChosenIn(const CLI::App& app);

}  // namespace jpkid::cli
