#pragma once

#include <string>

namespace jpkid {

// Where the embedded default keeps everything, and where clients that are told nothing look for it:
// $XDG_STATE_HOME/jpkid (XDG Base Directory Specification; an absolute path or it does not count),
// else $HOME/.local/state/jpkid, the home being the user database's where HOME is not set.
std::string DefaultDataDirectory();

// The daemon's socket in a data directory.
std::string SocketPathIn(const std::string& data_directory);

// The socket of the embedded default.
std::string DefaultSocketPath();

}  // namespace jpkid
