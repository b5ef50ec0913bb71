#pragma once

#include <google/protobuf/text_format.h>

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {

// An application of two visits.
inline constexpr char kByProxy[] = R"(
  allowed: true visits: 2 becomes: "issue"
  required_items { code: "HOLDER_CARD" visit: 1 text: "The holder's card" }
  required_items { code: "PROXY_PHOTO_ID" visit: 1 text: "The proxy's identity document" }
  required_items { code: "HOLDER_CARD" visit: 2 text: "The holder's card" }
  required_items { code: "SEALED_REPLY_FORM" visit: 2 text: "The <sealed> form" }
  expiry { auth: "2032-02-17" signature: "2032-02-17" }
  office { division: "Citizens' division" telephone: "079-559-5044" })";

class CaseTest : public JpkictlTest {
 protected:
  CaseTest() {
    jpki::v1::Procedure procedure;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kByProxy, &procedure));
    daemon_.SetProcedure(procedure);
  }

  // The first visit.
  Ran Create() {
    return Run({"case", "create", "--operation", "issue", "--applicant", "voluntary-proxy",
                "--birth-date", "1980-02-17", "--card-expiry", "2034-02-17", "--card-serial",
                "100000000000001", "--checked", "HOLDER_CARD,PROXY_PHOTO_ID", "--request-id",
                "visit-1"});
  }

  void SetState(jpki::v1::Case::State state) {
    jpki::v1::Case one = daemon_.the_case();
    one.set_state(state);
    daemon_.SetCase(one);
  }
};

}  // namespace jpkid::cli
