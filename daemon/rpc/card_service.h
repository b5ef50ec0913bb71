#pragma once

#include "daemon/card/card.h"
#include "daemon/rpc/card_turns.h"
#include "daemon/rpc/registry.h"
#include "daemon/session/session.h"
#include "jpki/v1/card_service.pb.h"

namespace jpkid::rpc {

// jpki.v1.CardService: one call, one visit to the card.
class CardService {
 public:
  // All outlive the registry's use, and the keys the sessions too. `training`: whose cards are
  // changed, those of the training room or real ones.
  CardService(session::Sessions& sessions, const card::IssuerKeys& keys, bool training,
              absl::Duration longest_work, Registry& registry);

 private:
  // A method that `prepare` turns into work at a card; no thread waits for it.
  template <typename Request, typename Response>
  void Bind(Registry& registry, absl::string_view name,
            absl::StatusOr<CardWork<Response>> (CardService::*prepare)(CallInfo&, const Request&));

  absl::StatusOr<CardWork<jpki::v1::Card>> ReadCard(CallInfo& info,
                                                    const jpki::v1::ReadCardRequest& request);
  absl::StatusOr<CardWork<jpki::v1::ReadCertificateResponse>> ReadCertificate(
      CallInfo& info, const jpki::v1::ReadCertificateRequest& request);
  absl::StatusOr<CardWork<jpki::v1::GetPinStatusResponse>> GetPinStatus(
      CallInfo& info, const jpki::v1::GetPinStatusRequest& request);
  absl::StatusOr<CardWork<jpki::v1::SignResponse>> Sign(CallInfo& info,
                                                        const jpki::v1::SignRequest& request);
  absl::StatusOr<jpki::v1::ChangePinResponse> ChangePin(CallInfo& info,
                                                        const jpki::v1::ChangePinRequest& request);
  absl::StatusOr<jpki::v1::ResetPinResponse> ResetPin(CallInfo& info,
                                                      const jpki::v1::ResetPinRequest& request);

  const CardTurns turns_;
  const card::IssuerKeys& keys_;
  const bool training_;
};

}  // namespace jpkid::rpc
