#include "tests/contract/ca_contract.h"

namespace jpkid::ca {
namespace {

class TrainingCaUnderTest final : public CaUnderTest {
 public:
  explicit TrainingCaUnderTest(const std::string& name) : ca_("contract-" + name) {}
  CertificateAuthority& ca() override { return *ca_; }
  absl::Time Now() const override { return ca_.clock().Now(); }
  void Pass(absl::Duration time) override { ca_.clock().Advance(time); }
  void Restart() override { ca_.Reopen(); }

 private:
  TestCa ca_;
};

const CaFactory kTraining = {"embedded", [](const std::string& name) {
                               return std::make_unique<TrainingCaUnderTest>(name);
                             }};

INSTANTIATE_TEST_SUITE_P(Training, CaContract, testing::Values(kTraining));
INSTANTIATE_TEST_SUITE_P(Training, CaRefusal, testing::Values(kTraining));

}  // namespace
}  // namespace jpkid::ca
