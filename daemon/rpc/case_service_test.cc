#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include "daemon/rpc/server_fixture.h"
#include "jpki/v1/case_service.grpc.pb.h"

// CaseService, from a client's stub to the rules and the store.
namespace jpkid::rpc {
namespace {

namespace v1 = jpki::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CaseServiceTest : public ServerTest {
 protected:
  template <typename Request, typename Response>
  std::string Call(grpc::Status (v1::CaseService::Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                   const Request& request, Response& response, const std::string& language = "en") {
    grpc::ClientContext context;
    context.AddMetadata("accept-language", language);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    response.Clear();
    return CodeOf((stub_.get()->*method)(&context, request, &response));
  }

  static v1::Application Application(const std::string& more) {
    v1::Application application;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        "type: TYPE_ISSUE birth_date: '1980-02-17' card_expiry: '2034-02-17' first_issue: true " +
            more,
        &application));
    return application;
  }

  // How it would go in Sanda at `time` on Tuesday, 24 November 2026.
  v1::Procedure Preview(const std::string& more, const std::string& time = "10:00",
                        const std::string& language = "en") {
    v1::PreviewProcedureRequest request;
    *request.mutable_application() = Application(more);
    absl::Time at;
    EXPECT_TRUE(
        absl::ParseTime(absl::RFC3339_full, "2026-11-24T" + time + ":00+09:00", &at, nullptr));
    request.mutable_time()->set_seconds(absl::ToUnixSeconds(at));
    v1::Procedure procedure;
    EXPECT_EQ(Call(&Stub::PreviewProcedure, request, procedure, language), "");
    return procedure;
  }

  // The first visit of a proxy; its documents seen.
  v1::Case Create(const std::string& request_id) {
    v1::CreateCaseRequest request;
    *request.mutable_application() = Application("applicant: APPLICANT_VOLUNTARY_PROXY");
    request.add_checked_items("HOLDER_CARD");
    request.add_checked_items("PROXY_PHOTO_ID");
    request.set_request_id(request_id);
    v1::Case created;
    EXPECT_EQ(Call(&Stub::CreateCase, request, created), "");
    return created;
  }

  std::string Mail(const v1::Case& one, const std::string& request_id, v1::Case& after) {
    v1::MailInquiryRequest request;
    request.set_name(one.name());
    request.set_etag(one.etag());
    request.set_request_id(request_id);
    return Call(&Stub::MailInquiry, request, after);
  }

  std::string Present(const v1::Case& one, const std::vector<std::string>& items,
                      const std::string& request_id, v1::Case& after) {
    v1::PresentReplyRequest request;
    request.set_name(one.name());
    request.set_etag(one.etag());
    request.set_presenter(v1::APPLICANT_VOLUNTARY_PROXY);
    for (const std::string& item : items) request.add_checked_items(item);
    request.set_request_id(request_id);
    return Call(&Stub::PresentReply, request, after);
  }

  static std::vector<std::string> CodesOf(const v1::Procedure& procedure) {
    std::vector<std::string> codes;
    for (const auto& reason : procedure.reasons()) codes.push_back(reason.code());
    return codes;
  }

  using Stub = v1::CaseService::Stub;
  const std::unique_ptr<Stub> stub_ = v1::CaseService::NewStub(Connect());
};

TEST_F(CaseServiceTest, APreviewSaysHowItGoesAndChangesNothing) {
  const v1::Procedure holder = Preview("");
  EXPECT_TRUE(holder.allowed());
  EXPECT_TRUE(holder.same_day());
  EXPECT_EQ(holder.visits(), 1);
  EXPECT_EQ(holder.becomes(), "issue");
  EXPECT_EQ(holder.municipality(), "sanda");
  EXPECT_EQ(holder.expiry().auth(), "2031-02-17");  // The fifth birthday after the issue (S12).
  EXPECT_EQ(holder.expiry().signature(), "2031-02-17");
  EXPECT_EQ(holder.office().telephone(), "079-559-5044");

  const v1::Procedure proxy = Preview("applicant: APPLICANT_VOLUNTARY_PROXY");
  EXPECT_TRUE(proxy.allowed());
  EXPECT_FALSE(proxy.same_day());
  EXPECT_EQ(proxy.visits(), 2);

  v1::ListCasesResponse list;
  EXPECT_EQ(Call(&Stub::ListCases, v1::ListCasesRequest(), list), "");
  EXPECT_THAT(list.cases(), IsEmpty());
}

TEST_F(CaseServiceTest, ARefusalIsAnAnswer) {
  const v1::Procedure late = Preview("", "17:31", "ja");
  EXPECT_FALSE(late.allowed());
  EXPECT_EQ(late.visits(), 0);
  EXPECT_TRUE(late.has_expiry());
  EXPECT_FALSE(late.expiry().has_auth());
  ASSERT_FALSE(late.reasons().empty());
  EXPECT_EQ(late.reasons(0).code(), "OUTSIDE_HOURS");
  EXPECT_EQ(late.reasons(0).s_row(), "S9");
  EXPECT_NE(late.reasons(0).text().find("受付時間外"), std::string::npos);
  EXPECT_THAT(CodesOf(Preview("window: 'citizens-centre/1'")),
              testing::Contains("WINDOW_NOT_SERVED"));
}

TEST_F(CaseServiceTest, WhatIsMalformedIsRefused) {
  v1::PreviewProcedureRequest request;
  v1::Procedure procedure;
  EXPECT_EQ(Call(&Stub::PreviewProcedure, request, procedure), "ARGUMENT_INVALID");
  *request.mutable_application() =
      Application("residence_status: RESIDENCE_STATUS_MID_TO_LONG_TERM");
  EXPECT_EQ(Call(&Stub::PreviewProcedure, request, procedure), "STAY_DATE_MISSING");
  *request.mutable_application() = Application("");
  request.set_municipality("atlantis");
  EXPECT_EQ(Call(&Stub::PreviewProcedure, request, procedure), "MUNICIPALITY_UNKNOWN");
  request.set_municipality("sanda");
  request.mutable_time()->set_seconds(253'402'300'800);
  EXPECT_EQ(Call(&Stub::PreviewProcedure, request, procedure), "ARGUMENT_INVALID");

  v1::GetCaseRequest get;
  v1::Case one;
  get.set_name("operations/1");
  EXPECT_EQ(Call(&Stub::GetCase, get, one), "ARGUMENT_INVALID");
  get.set_name("cases/none");
  EXPECT_EQ(Call(&Stub::GetCase, get, one), "CASE_UNKNOWN");
  v1::ListCasesRequest list;
  v1::ListCasesResponse cases;
  list.set_page_token("not ours");
  EXPECT_EQ(Call(&Stub::ListCases, list, cases), "ARGUMENT_INVALID");
  list.Clear();
  list.add_states(v1::Case::STATE_UNSPECIFIED);
  EXPECT_EQ(Call(&Stub::ListCases, list, cases), "ARGUMENT_INVALID");
}

TEST_F(CaseServiceTest, TheTwoVisits) {
  const v1::Case created = Create("visit-1");
  EXPECT_EQ(created.state(), v1::Case::STATE_RECEIVED);
  EXPECT_EQ(created.municipality(), "training");
  EXPECT_TRUE(created.training());
  EXPECT_EQ(created.documents_size(), 2);

  v1::Case mailed;
  ASSERT_EQ(Mail(created, "mail", mailed), "");
  EXPECT_EQ(mailed.state(), v1::Case::STATE_INQUIRY_MAILED);
  EXPECT_FALSE(mailed.reply_due().empty());

  v1::Case half;
  ASSERT_EQ(Present(mailed, {"HOLDER_CARD"}, "half", half), "");
  EXPECT_EQ(half.state(), v1::Case::STATE_REPLY_PRESENTED);
  EXPECT_THAT(half.missing_items(), ElementsAre("SEALED_REPLY_FORM", "PROXY_PHOTO_ID"));

  v1::Case ready;
  ASSERT_EQ(Present(half, {"SEALED_REPLY_FORM", "PROXY_PHOTO_ID"}, "rest", ready), "");
  EXPECT_EQ(ready.state(), v1::Case::STATE_READY);
  EXPECT_THAT(ready.missing_items(), IsEmpty());
  EXPECT_EQ(ready.history(0).actor(), created.creator());
}

TEST_F(CaseServiceTest, TwoClerksDoNotTakeTheSameVisit) {
  const v1::Case created = Create("visit-1");
  v1::Case mailed;
  ASSERT_EQ(Mail(created, "a", mailed), "");
  v1::Case again;
  EXPECT_EQ(Mail(created, "a", again), "");  // The same request: its first answer.
  EXPECT_EQ(again.SerializeAsString(), mailed.SerializeAsString());
  EXPECT_EQ(Mail(created, "b", again), "CASE_CHANGED");
  EXPECT_EQ(Mail(mailed, "c", again), "CASE_STATE");
}

TEST_F(CaseServiceTest, ARepeatedApplicationIsTheFirstOne) {
  const v1::Case first = Create("r");
  EXPECT_EQ(Create("r").name(), first.name());
  EXPECT_NE(Create("s").name(), first.name());
  v1::ListCasesRequest request;
  request.set_page_size(1);
  request.add_states(v1::Case::STATE_RECEIVED);
  v1::ListCasesResponse page;
  ASSERT_EQ(Call(&Stub::ListCases, request, page), "");
  ASSERT_EQ(page.cases_size(), 1);
  EXPECT_NE(page.cases(0).name(), first.name());
  request.set_page_token(page.next_page_token());
  ASSERT_EQ(Call(&Stub::ListCases, request, page), "");
  ASSERT_EQ(page.cases_size(), 1);
  EXPECT_EQ(page.cases(0).name(), first.name());
}

TEST_F(CaseServiceTest, ThePersonIsToldByGetCaseAlone) {
  const v1::Case created = Create("r");
  EXPECT_EQ(created.application().birth_date(), "");
  v1::GetCaseRequest request;
  request.set_name(created.name());
  v1::Case one;
  ASSERT_EQ(Call(&Stub::GetCase, request, one), "");
  EXPECT_EQ(one.application().birth_date(), "1980-02-17");

  v1::WithdrawCaseRequest withdraw;
  withdraw.set_name(created.name());
  withdraw.set_why("applies elsewhere");
  withdraw.set_request_id("w");
  ASSERT_EQ(Call(&Stub::WithdrawCase, withdraw, one), "");
  EXPECT_EQ(one.state(), v1::Case::STATE_WITHDRAWN);
  ASSERT_EQ(Call(&Stub::GetCase, request, one), "");
  EXPECT_EQ(one.application().birth_date(), "");  // Erased with the case's end.
}

TEST_F(CaseServiceTest, TheHoldersDataAgreeWithTheApplication) {
  v1::CreateCaseRequest request;
  *request.mutable_application() = Application("");
  request.set_request_id("r");
  request.mutable_holder()->set_name("三田 花子");
  request.mutable_holder()->set_address("三田市三輪2丁目1番1号");
  request.mutable_holder()->set_sex(2);
  request.mutable_holder()->set_birth_date("1981-02-17");
  v1::Case one;
  EXPECT_EQ(Call(&Stub::CreateCase, request, one), "ARGUMENT_INVALID");
  request.mutable_holder()->set_birth_date("1980-02-17");
  EXPECT_EQ(Call(&Stub::CreateCase, request, one), "");
}

}  // namespace
}  // namespace jpkid::rpc
