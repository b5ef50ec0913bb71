#include "daemon/rpc/secrets.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "daemon/rpc/received.h"
#include "jpki/v1/card_service.pb.h"
#include "jpki/v1/operation_service.pb.h"

namespace jpkid::rpc {
namespace {

constexpr absl::string_view kPin = "SIGNATURE16PIN78";

std::string TextOf(const Secret& secret) { return std::string(AsText(secret.view())); }

TEST(SecretsTest, SecretsLeaveTheMessageAndTheRestStays) {
  jpki::v1::ChangePinRequest request;
  request.set_reader("readers/a");
  request.set_pin(jpki::v1::PIN_KIND_AUTH);
  request.set_current_pin("1234");
  request.set_new_pin(std::string(kPin));
  request.set_request_id("r-1");

  Secrets secrets = Secrets::TakeFrom(request);

  EXPECT_EQ(request.ShortDebugString(),
            "reader: \"readers/a\" pin: PIN_KIND_AUTH request_id: \"r-1\"");
  EXPECT_EQ(TextOf(secrets.Take("current_pin")), "1234");
  EXPECT_EQ(TextOf(secrets.Take("new_pin")), kPin);
  EXPECT_TRUE(secrets.Take("new_pin").empty()) << "a secret is taken once";
  EXPECT_TRUE(secrets.Take("pin").empty());
}

TEST(SecretsTest, SecretsOfNestedMessagesToo) {
  jpki::v1::ProvideInputRequest request;
  request.set_name("operations/1");
  request.mutable_pin()->set_card_serial("123456789012345");
  request.mutable_pin()->set_value(std::string(kPin));

  Secrets secrets = Secrets::TakeFrom(request);

  EXPECT_EQ(request.ShortDebugString(),
            "name: \"operations/1\" pin { card_serial: \"123456789012345\" }");
  EXPECT_EQ(TextOf(secrets.Take("value")), kPin);
}

TEST(SecretsTest, TheOctetsInsideTheMessageAreOverwritten) {
  jpki::v1::SignRequest request;
  request.set_pin(std::string(kPin));
  const char* const octets = request.pin().data();

  Secrets secrets = Secrets::TakeFrom(request);

  // The string keeps its memory; what stood there is gone.
  ASSERT_EQ(request.pin().data(), octets);
  EXPECT_EQ(std::string(octets, kPin.size()), std::string(kPin.size(), '\0'));
}

// The memory that gRPC read into, kept alive to be looked at afterwards.
TEST(ReceivedTest, TheOctetsOfTheBufferAreOverwritten) {
  jpki::v1::SignRequest request;
  request.set_reader("readers/a");
  request.set_pin(std::string(kPin));
  const std::string text = request.SerializeAsString();
  const grpc::Slice slice(text);
  jpki::v1::SignRequest parsed;
  {
    Received received;
    received.buffer() = grpc::ByteBuffer(&slice, 1);
    ASSERT_TRUE(received.ParseTo(parsed));
    EXPECT_EQ(std::string(slice.begin(), slice.end()), text) << "until it is gone";
  }
  EXPECT_EQ(parsed.pin(), kPin);
  EXPECT_TRUE(std::all_of(slice.begin(), slice.end(), [](auto octet) { return octet == 0; }));
}

TEST(ReceivedTest, OctetsInSeveralSlicesAreReadAndOverwritten) {
  jpki::v1::SignRequest request;
  request.set_reader("readers/a-name-that-is-long-enough-for-a-slice-of-its-own");
  request.set_pin(std::string(kPin));
  const std::string text = request.SerializeAsString();
  const grpc::Slice slices[] = {grpc::Slice(text.substr(0, 40)), grpc::Slice(text.substr(40))};
  jpki::v1::SignRequest parsed;
  {
    Received received;
    received.buffer() = grpc::ByteBuffer(slices, 2);
    ASSERT_TRUE(received.ParseTo(parsed));
  }
  EXPECT_EQ(parsed.pin(), kPin);
  for (const grpc::Slice& slice : slices) {
    EXPECT_TRUE(std::all_of(slice.begin(), slice.end(), [](auto octet) { return octet == 0; }));
  }
}

TEST(ReceivedTest, WhatIsNoMessageIsRefusedAndOverwritten) {
  const grpc::Slice slice(std::string("\xFF\xFFthis is no message of any kind at all"));
  {
    Received received;
    received.buffer() = grpc::ByteBuffer(&slice, 1);
    jpki::v1::SignRequest parsed;
    EXPECT_FALSE(received.ParseTo(parsed));
  }
  EXPECT_TRUE(std::all_of(slice.begin(), slice.end(), [](auto octet) { return octet == 0; }));
}

TEST(ReceivedTest, AMessageGoesThereAndBack) {
  jpki::v1::SignResponse response;
  response.set_signature(std::string(256, 'x'));
  Received received;
  received.buffer() = ToBuffer(response);
  jpki::v1::SignResponse parsed;
  ASSERT_TRUE(received.ParseTo(parsed));
  EXPECT_EQ(parsed.signature(), response.signature());
}

}  // namespace
}  // namespace jpkid::rpc
