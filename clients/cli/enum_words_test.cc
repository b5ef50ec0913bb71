#include "clients/cli/enum_words.h"

#include <gtest/gtest.h>

#include "jpki/v1/case.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Applicant;
using jpki::v1::Case;

template <typename Enum>
const google::protobuf::EnumDescriptor& Type() {
  return *google::protobuf::GetEnumDescriptor<Enum>();
}

TEST(EnumWordsTest, AWordAndItsValue) {
  EXPECT_EQ(WordOf(jpki::v1::APPLICANT_VOLUNTARY_PROXY), "voluntary-proxy");
  EXPECT_EQ(WordOf(Case::STATE_IN_CUSTODY), "in-custody");
  EXPECT_EQ(WordOf(jpki::v1::RESIDENCE_STATUS_HIGHLY_SKILLED_PROFESSIONAL_2),
            "highly-skilled-professional-2");
  EXPECT_EQ(NumberOf(Type<Applicant>(), "legal-representative"),
            jpki::v1::APPLICANT_LEGAL_REPRESENTATIVE);
  EXPECT_EQ(AllWords(Type<Applicant>()), "holder|voluntary-proxy|legal-representative");
}

TEST(EnumWordsTest, NothingElseIsAWord) {
  for (const char* word : {"", "unspecified", "HOLDER", "holder ", "APPLICANT_HOLDER", "1"}) {
    EXPECT_EQ(NumberOf(Type<Applicant>(), word), std::nullopt) << word;
  }
  EXPECT_EQ(WordOf(Type<Applicant>(), 0), "");
  EXPECT_EQ(WordOf(Type<Applicant>(), 99), "");
}

}  // namespace
}  // namespace jpkid::cli
