#pragma once

#include <string>
#include <vector>

#include "clients/cli/command_line.h"

namespace jpkid::cli {

// Adds the commands that these arguments can mean, or all where they name none: to describe a
// command takes longer than to call the daemon.
void AddCommands(CommandLine& line, const std::vector<std::string>& arguments);

// Each adds its own.
void AddReaders(CommandLine& line);      // readers
void AddCard(CommandLine& line);         // card show
void AddPin(CommandLine& line);          // pin status, change, reset
void AddCertificate(CommandLine& line);  // cert read
void AddSign(CommandLine& line);         // sign
void AddIssue(CommandLine& line);        // issue, renew
void AddPreview(CommandLine& line);      // preview
void AddCase(CommandLine& line);       // case create, show, mail-inquiry, present-reply, withdraw,
                                       // run
void AddCaseList(CommandLine& line);   // case list
void AddSlips(CommandLine& line);      // receipt, case slip
void AddOperation(CommandLine& line);  // operation list, show, watch, input, cancel
void AddHealth(CommandLine& line);     // health
void AddQueue(CommandLine& line);      // queue
void AddBackup(CommandLine& line);     // backup
void AddApdu(CommandLine& line);       // apdu
void AddTrace(CommandLine& line);      // trace show, check

}  // namespace jpkid::cli
