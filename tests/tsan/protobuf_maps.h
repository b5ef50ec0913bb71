#pragma once

// Included before everything else where ThreadSanitizer is used. Under it protobuf's headers give
// map fields two members more; Debian's libprotobuf, which is not built for it, does not know them.

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")
