#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include <google/protobuf/message.h>

#include "base/secret.h"

namespace jpkid::rpc {

// The secrets of a request: the values of the fields that its schema marks `secret`, taken out of
// the message, which keeps nothing of them.
class Secrets {
 public:
  // Takes the secrets out of `message` and of the messages in it.
  static Secrets TakeFrom(google::protobuf::Message& message);

  // The secret of the field of this name, once. Empty where the client gave none.
  Secret Take(absl::string_view field);

 private:
  std::map<std::string, Secret> by_field_;
};

}  // namespace jpkid::rpc
