#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <google/protobuf/message.h>

#include "daemon/rpc/method.h"
#include "daemon/rpc/services.h"
#include "daemon/rpc/source.h"

namespace jpkid::rpc {

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

  // The same for one that answers later, by `respond`. Nobody makes repeats of it harmless, so its
  // requests have no request_id.
  template <typename Request, typename Response>
  void BindLater(absl::string_view name,
                 std::function<void(CallInfo&, const Request&,
                                    absl::AnyInvocable<void(absl::StatusOr<Response>) &&> respond)>
                     begin) {
    Method& method = Typed(name, *Request::descriptor(), *Response::descriptor());
    CheckUnnamed(method);
    method.where = Where::kAtOnce;
    method.handler = [begin = std::move(begin)](CallInfo& info, const Message& request,
                                                Reply reply) {
      begin(info, static_cast<const Request&>(request),
            [reply = std::move(reply)](absl::StatusOr<Response> response) mutable {
              if (!response.ok()) return std::move(reply)(std::move(response).status());
              std::move(reply)(std::make_unique<Response>(*std::move(response)));
            });
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

  // The same for a stream both ways of these messages.
  template <typename Request, typename Response, typename Service>
  void BindTalk(absl::string_view name, Service& service,
                std::unique_ptr<Conversation> (Service::*member)(const CallInfo&,
                                                                 std::shared_ptr<Line>)) {
    Typed(name, *Request::descriptor(), *Response::descriptor()).handler =
        Talk([&service, member](const CallInfo& info, std::shared_ptr<Line> line) {
          return (service.*member)(info, std::move(line));
        });
  }

 private:
  void Add(const google::protobuf::ServiceDescriptor& service, bool standard);
  static void CheckUnnamed(const Method& method);
  Method& Typed(absl::string_view name, const google::protobuf::Descriptor& request,
                const google::protobuf::Descriptor& response);

  std::map<std::string, Method, std::less<>> methods_;  // By path.
};

}  // namespace jpkid::rpc
