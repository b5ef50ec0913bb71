#pragma once

namespace jpkid {

// One client of `jpki-bench share`, a process of its own: ROUTE TARGET BATCH THINK_MS SECONDS. It
// says "ready", waits for a line, runs scripts of BATCH commands until its time is over, and says
// what each took, in microseconds. An exit code.
int ShareClient(int argc, char** argv);

}  // namespace jpkid
