#include "clients/cli/json.h"

#include <string>

#include <gtest/gtest.h>

#include "jpki/v1/card_service.pb.h"
#include "jpki/v1/certificate.pb.h"
#include "jpki/v1/operation_service.pb.h"

namespace jpkid::cli {
namespace {

TEST(JsonTest, FieldNamesAndDefaultsAsInTheProto) {
  jpki::v1::PinStatus status;
  status.set_pin(jpki::v1::PIN_KIND_AUTH);
  EXPECT_EQ(JsonLine(status).value(),
            "{\"pin\":\"PIN_KIND_AUTH\",\"state\":\"STATE_UNSPECIFIED\",\"tries_left\":0}\n");
  EXPECT_EQ(PrettyJson(status).value(),
            "{\n \"pin\": \"PIN_KIND_AUTH\",\n \"state\": \"STATE_UNSPECIFIED\",\n"
            " \"tries_left\": 0\n}\n");
}

TEST(JsonTest, TimesBytesAndLargeNumbersAsProtobufWritesThem) {
  jpki::v1::OperationEvent event;
  event.set_sequence(7);
  event.mutable_time()->set_seconds(1'800'000'000);
  event.mutable_writing()->set_bytes_total(1450);
  EXPECT_EQ(JsonLine(event).value(),
            "{\"sequence\":\"7\",\"writing\":{\"kind\":\"CERTIFICATE_KIND_UNSPECIFIED\","
            "\"bytes_written\":0,\"bytes_total\":1450},\"time\":\"2027-01-15T08:00:00Z\"}\n");
  jpki::v1::SignResponse signature;
  signature.set_signature("\x01\xff");
  EXPECT_EQ(JsonLine(signature).value(), "{\"signature\":\"Af8=\"}\n");
}

TEST(JsonTest, ATimeWithoutJsonIsAFailure) {
  jpki::v1::OperationEvent event;
  event.mutable_time()->set_seconds(-1'000'000'000'000);
  EXPECT_EQ(JsonLine(event).status().code(), absl::StatusCode::kInternal);
}

TEST(JsonTest, ReadsAHolder) {
  jpki::v1::Holder holder;
  ASSERT_TRUE(
      FromJson(R"({"name": "三田 花子", "birth_date": "1980-02-17", "sex": 2})", holder).ok());
  EXPECT_EQ(holder.name(), "三田 花子");
  EXPECT_EQ(holder.birth_date(), "1980-02-17");
  EXPECT_EQ(holder.sex(), 2);
}

TEST(JsonTest, RefusesWhatItDoesNotKnow) {
  jpki::v1::Holder holder;
  EXPECT_EQ(FromJson(R"({"nickname": "x"})", holder).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FromJson("{", holder).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FromJson("", holder).code(), absl::StatusCode::kInvalidArgument);
}

TEST(JsonTest, TellsTheLineOfWhatIsWrong) {
  jpki::v1::Holder holder;
  const auto line = [&](const std::string& json) {
    const std::string told(FromJson(json, holder).message());
    EXPECT_EQ(told.find('\n'), std::string::npos) << told;
    return told.substr(0, told.find(':'));
  };
  EXPECT_EQ(line("{\n \"name\": \"x\",\n \"address\" \"y\"\n}\n"), "line 3");
  EXPECT_EQ(line("{\n \"name\": \"x\"\n \"address\": \"y\"\n}\n"), "line 3");
  EXPECT_EQ(line("{\n \"nickname\": \"x\",\n \"address\": \"y\"\n}\n"), "nickname");
  EXPECT_EQ(line("{\n \"name\": \"x\",\n"), "line 2");
  EXPECT_EQ(line("?"), "line 1");
}

}  // namespace
}  // namespace jpkid::cli
