#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <google/protobuf/message.h>

#include "base/reason.h"
#include "daemon/rpc/caller.h"
#include "daemon/rpc/secrets.h"
#include "daemon/rpc/services.h"
#include "daemon/rpc/source.h"

namespace jpkid::rpc {

// What a handler is told of a call beside its request.
struct CallInfo {
  Caller caller;
  Language language = Language::kEnglish;
  absl::Time deadline = absl::InfiniteFuture();
  std::function<bool()> gone;  // Whether nobody waits for the answer any more.
  Secrets secrets;
};

// Where a method's work is done.
enum class Where {
  kAtOnce,  // On the I/O thread: it never waits.
  kStore,   // Waits for the store at most.
  kCard,    // Waits for a card or for its turn.
};

// Who makes a repeated request harmless, where the request has a request_id.
enum class Repeat { kGuard, kHandler };

using Message = google::protobuf::Message;
using Answer = absl::StatusOr<std::unique_ptr<Message>>;
using Unary = std::function<Answer(CallInfo&, const Message&)>;
using Watch = std::function<absl::StatusOr<std::unique_ptr<Source>>(CallInfo&, const Message&)>;
using Dialogue = std::function<std::unique_ptr<Message>(const Message&)>;  // One answer to each.

// A method of the API.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  jpki::v1::Role role = jpki::v1::ROLE_UNSPECIFIED;  // Of the option required_role.
  bool standard = false;  // gRPC's own: open to every known caller, for it names no role.
  Where where = Where::kStore;
  Repeat repeat = Repeat::kGuard;
  std::variant<std::monostate, Unary, Watch, Dialogue> handler;  // None: not built.

  // A new, empty request.
  std::unique_ptr<Message> NewRequest() const;
  std::unique_ptr<Message> NewAnswer() const;
};

// The methods of the services, as their descriptors name them, and what does their work.
class Registry {
 public:
  // `standard`: those that name no role.
  Registry(const ServiceList& services, const ServiceList& standard);

  // By its path, "/jpki.v1.CardService/Sign". Null where there is none.
  const Method* Find(absl::string_view path) const;

  const std::map<std::string, Method, std::less<>>& methods() const { return methods_; }

  // Binds a member function to the method of this full name, "jpki.v1.CardService.Sign". The types
  // must be those of its descriptor.
  template <typename Service, typename Request, typename Response>
  void BindUnary(absl::string_view name, Where where, Service& service,
                 absl::StatusOr<Response> (Service::*member)(CallInfo&, const Request&),
                 Repeat repeat = Repeat::kGuard) {
    Method& method = Typed(name, *Request::descriptor(), *Response::descriptor());
    method.where = where;
    method.repeat = repeat;
    method.handler = [&service, member](CallInfo& info, const Message& request) -> Answer {
      absl::StatusOr<Response> response =
          (service.*member)(info, static_cast<const Request&>(request));
      if (!response.ok()) return std::move(response).status();
      return std::make_unique<Response>(*std::move(response));
    };
  }

  template <typename Response, typename Service, typename Request>
  void BindWatch(absl::string_view name, Where where, Service& service,
                 absl::StatusOr<std::unique_ptr<Source>> (Service::*member)(CallInfo&,
                                                                            const Request&)) {
    Method& method = Typed(name, *Request::descriptor(), *Response::descriptor());
    method.where = where;
    method.handler = Watch([&service, member](CallInfo& info, const Message& request) {
      return (service.*member)(info, static_cast<const Request&>(request));
    });
  }

  template <typename Service, typename Request, typename Response>
  void BindDialogue(absl::string_view name, Service& service,
                    Response (Service::*member)(const Request&)) {
    Method& method = Typed(name, *Request::descriptor(), *Response::descriptor());
    method.where = Where::kAtOnce;
    method.handler = Dialogue([&service, member](const Message& request) {
      return std::make_unique<Response>((service.*member)(static_cast<const Request&>(request)));
    });
  }

 private:
  void Add(const google::protobuf::ServiceDescriptor& service, bool standard);
  Method& Typed(absl::string_view name, const google::protobuf::Descriptor& request,
                const google::protobuf::Descriptor& response);

  std::map<std::string, Method, std::less<>> methods_;  // By path.
};

}  // namespace jpkid::rpc
