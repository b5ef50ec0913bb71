#include <set>
#include <string>

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>

#include "daemon/rpc/server_fixture.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

// Health and reflection, as standard clients see them.
namespace jpkid::rpc {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::reflection::v1alpha::ServerReflection;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;
using ::testing::Contains;
using ::testing::ElementsAre;

// Health and reflection are open to callers of whatever role.
const std::vector<std::string> kObserver = {"observer"};

class HealthTest : public ServerTest {
 protected:
  HealthTest() : ServerTest(kObserver) {}

  grpc::Status Check(const std::string& name, HealthCheckResponse* response) {
    HealthCheckRequest request;
    request.set_service(name);
    grpc::ClientContext context;
    return Health::NewStub(Connect())->Check(&context, request, response);
  }
};

TEST_F(HealthTest, WhatWorksIsServing) {
  for (const char* name : {"", "jpki.v1.CardService", "jpki.v1.OperationService",
                           "grpc.health.v1.Health", "reader/sim-0", "ca/training", "store"}) {
    HealthCheckResponse response;
    EXPECT_TRUE(Check(name, &response).ok()) << name;
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING) << name;
  }
}

class NoRoleTest : public ServerTest {
 protected:
  NoRoleTest() : ServerTest(std::vector<std::string>()) {}
};

TEST_F(NoRoleTest, IsAnsweredNothing) {
  HealthCheckResponse response;
  grpc::ClientContext context;
  const grpc::Status health =
      Health::NewStub(Connect())->Check(&context, HealthCheckRequest(), &response);
  EXPECT_EQ(health.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(CodeOf(health), "ROLE_MISSING");
  grpc::ClientContext other;
  const auto stream = ServerReflection::NewStub(Connect())->ServerReflectionInfo(&other);
  stream->WritesDone();
  EXPECT_EQ(CodeOf(stream->Finish()), "ROLE_MISSING");
}

TEST_F(HealthTest, WhatNobodyKnowsIsNotFound) {
  HealthCheckResponse response;
  const grpc::Status status = Check("reader/sim-9", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(CodeOf(status), "SERVICE_UNKNOWN");
}

TEST_F(HealthTest, AWatcherHearsOfTheEnd) {
  HealthCheckRequest request;
  request.set_service("store");
  grpc::ClientContext context;
  const auto stub = Health::NewStub(Connect());
  const auto reader = stub->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  server_->Refuse();
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(CodeOf(reader->Finish()), "SHUTTING_DOWN");
}

TEST_F(HealthTest, AWatcherOfNothingKnownIsToldSoAndKept) {
  HealthCheckRequest request;
  request.set_service("reader/sim-9");
  grpc::ClientContext context;
  const auto stub = Health::NewStub(Connect());
  const auto reader = stub->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

class ReflectionTest : public ServerTest {
 protected:
  ReflectionTest() : ServerTest(kObserver), stub_(ServerReflection::NewStub(Connect())) {}

  // The answers to `questions`, all on one stream.
  std::vector<ServerReflectionResponse> Ask(std::vector<ServerReflectionRequest> questions) {
    grpc::ClientContext context;
    const auto stream = stub_->ServerReflectionInfo(&context);
    std::vector<ServerReflectionResponse> answers;
    for (const ServerReflectionRequest& question : questions) {
      EXPECT_TRUE(stream->Write(question));
      EXPECT_TRUE(stream->Read(&answers.emplace_back()));
    }
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return answers;
  }

  static std::vector<std::string> FilesOf(const ServerReflectionResponse& answer) {
    std::vector<std::string> names;
    for (const std::string& file : answer.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto proto;
      EXPECT_TRUE(proto.ParseFromString(file));
      names.push_back(proto.name());
    }
    return names;
  }

  const std::unique_ptr<ServerReflection::Stub> stub_;
};

TEST_F(ReflectionTest, TheServicesAreListed) {
  ServerReflectionRequest question;
  question.set_list_services("");
  const ServerReflectionResponse answer = Ask({question})[0];
  std::vector<std::string> names;
  for (const auto& service : answer.list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_THAT(
      names, ElementsAre("jpki.v1.CardService", "jpki.v1.CaseService", "jpki.v1.MaintenanceService",
                         "jpki.v1.OperationService", "jpki.v1.ReaderService",
                         "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"));
}

TEST_F(ReflectionTest, AFileComesWithAllItImports) {
  ServerReflectionRequest by_symbol;
  by_symbol.set_file_containing_symbol("jpki.v1.CardService.Sign");
  ServerReflectionRequest by_name;
  by_name.set_file_by_filename("jpki/v1/card_service.proto");
  const auto answers = Ask({by_symbol, by_name});
  for (const ServerReflectionResponse& answer : answers) {
    const std::vector<std::string> files = FilesOf(answer);
    ASSERT_FALSE(files.empty());
    EXPECT_EQ(files[0], "jpki/v1/card_service.proto");
    EXPECT_THAT(files, Contains("jpki/v1/annotations.proto"));
    EXPECT_THAT(files, Contains("google/protobuf/descriptor.proto"));
    EXPECT_EQ(std::set<std::string>(files.begin(), files.end()).size(), files.size());
  }
  EXPECT_EQ(answers[0].original_request().ShortDebugString(), by_symbol.ShortDebugString());
}

TEST_F(ReflectionTest, TheRoleOfAMethodIsAnExtensionThatCanBeFound) {
  ServerReflectionRequest numbers;
  numbers.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  ServerReflectionRequest file;
  file.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  file.mutable_file_containing_extension()->set_extension_number(50301);
  const auto answers = Ask({numbers, file});
  EXPECT_THAT(answers[0].all_extension_numbers_response().extension_number(), Contains(50301));
  EXPECT_EQ(FilesOf(answers[1])[0], "jpki/v1/annotations.proto");
}

TEST_F(ReflectionTest, WhatIsNotThereIsNotFound) {
  std::vector<ServerReflectionRequest> questions(4);
  questions[0].set_file_by_filename("etc/passwd");
  questions[1].set_file_containing_symbol("jpki.v1.Forge");
  questions[2].set_all_extension_numbers_of_type("jpki.v1.Forge");
  questions[3].mutable_file_containing_extension()->set_containing_type("jpki.v1.Card");
  for (const ServerReflectionResponse& answer : Ask(questions)) {
    EXPECT_EQ(answer.error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  }
}

}  // namespace
}  // namespace jpkid::rpc
