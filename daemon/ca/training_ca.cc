// The training authority: decides at once, keeps a book, and says JPKI-SIM on everything it signs.

#include <utility>

#include "absl/strings/str_cat.h"

#include "base/file.h"
#include "base/status.h"
#include "daemon/ca/book.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/issuer.h"
#include "daemon/ca/profile.h"
#include "daemon/ca/request_check.h"

namespace jpkid::ca {
namespace {

absl::Status Rejected(absl::string_view detail) {
  return Fail(Reason::kCaRejected, {{"detail", std::string(detail)}});
}

class TrainingCa final : public CertificateAuthority {
 public:
  TrainingCa(Issuer auth, Issuer signature, std::unique_ptr<Book> book, const Clock& clock)
      : auth_(std::move(auth)),
        signature_(std::move(signature)),
        book_(std::move(book)),
        clock_(clock) {}

  absl::StatusOr<Answer> Submit(const IssueRequest& request) override;
  absl::StatusOr<Answer> Poll(absl::string_view transaction_id) override;

  absl::Status Confirm(absl::string_view transaction_id) override {
    return book_->Confirm(transaction_id, clock_.Now());
  }
  absl::Status Revoke(certs::Kind kind, absl::string_view serial,
                      RevocationReason reason) override {
    return book_->Revoke(kind, serial, {.at = clock_.Now(), .reason = reason});
  }
  absl::StatusOr<BookEntry> StatusOf(certs::Kind kind, absl::string_view serial) override {
    return book_->StatusOf(kind, serial);
  }
  absl::StatusOr<Bytes> Crl(certs::Kind kind) override {
    const absl::Time now = clock_.Now();
    JPKID_ASSIGN_OR_RETURN(const RevocationList list, book_->NextList(kind, now));
    return MakeCrl(IssuerOf(kind), list, now);
  }
  bool training() const override { return true; }
  std::string name() const override { return "training"; }

 private:
  const Issuer& IssuerOf(certs::Kind kind) const {
    return kind == certs::Kind::kAuth ? auth_ : signature_;
  }
  // What the book has under a transaction, if it is what was asked for.
  absl::StatusOr<Answer> AnswerOf(const Book::Entry& entry, const Bytes& request_hash) const;
  absl::StatusOr<Book::Entry> Issue(const IssueRequest& request, const Bytes& request_hash) const;

  const Issuer auth_;
  const Issuer signature_;
  const std::unique_ptr<Book> book_;
  const Clock& clock_;
};

absl::StatusOr<Answer> TrainingCa::AnswerOf(const Book::Entry& entry,
                                            const Bytes& request_hash) const {
  if (entry.request_hash != request_hash) {
    return Rejected("the transaction id was used for another request");
  }
  return Issued{.certificate = entry.certificate, .ca_certificate = IssuerOf(entry.kind).der};
}

absl::StatusOr<Book::Entry> TrainingCa::Issue(const IssueRequest& request,
                                              const Bytes& request_hash) const {
  const absl::Time now = clock_.Now();
  JPKID_ASSIGN_OR_RETURN(const RequestPtr pkcs10, CheckRequest(request, now));
  JPKID_ASSIGN_OR_RETURN(const CertificatePtr x509,
                         MakeCertificate(IssuerOf(request.kind), request, pkcs10.get(), now));
  JPKID_ASSIGN_OR_RETURN(Bytes certificate, EncodeCertificate(x509.get()));
  JPKID_ASSIGN_OR_RETURN(const Certificate read, ReadCertificate(certificate));
  return Book::Entry{.kind = request.kind,
                     .transaction_id = request.transaction_id,
                     .request_hash = request_hash,
                     .serial = read.serial,
                     .not_after = read.not_after,
                     .certificate = std::move(certificate)};
}

absl::StatusOr<Answer> TrainingCa::Submit(const IssueRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const Bytes request_hash, Fingerprint(request));
  JPKID_ASSIGN_OR_RETURN(const std::optional<Book::Entry> there,
                         book_->Find(request.transaction_id));
  if (there.has_value()) return AnswerOf(*there, request_hash);
  JPKID_ASSIGN_OR_RETURN(const Book::Entry made, Issue(request, request_hash));
  // Somebody may have submitted the same request meanwhile: one certificate stands in the book, and
  // only what stands there is handed out.
  JPKID_ASSIGN_OR_RETURN(const Book::Entry kept, book_->AddUnlessThere(made));
  return AnswerOf(kept, request_hash);
}

absl::StatusOr<Answer> TrainingCa::Poll(absl::string_view transaction_id) {
  JPKID_ASSIGN_OR_RETURN(const std::optional<Book::Entry> there, book_->Find(transaction_id));
  if (!there.has_value()) return Rejected("unknown transaction");
  return AnswerOf(*there, there->request_hash);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateAuthority>> OpenTrainingCa(const std::string& directory,
                                                                     const Clock& clock) {
  if (const absl::Status status = MakePrivateDirectory(directory); !status.ok()) {
    return Fail(Reason::kCaUnavailable, {{"detail", std::string(status.message())}});
  }
  const absl::Time now = clock.Now();
  JPKID_ASSIGN_OR_RETURN(Issuer auth, OpenIssuer(directory, certs::Kind::kAuth, now));
  JPKID_ASSIGN_OR_RETURN(Issuer signature, OpenIssuer(directory, certs::Kind::kSignature, now));
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<Book> book,
                         Book::Open(absl::StrCat(directory, "/book.db")));
  return std::unique_ptr<CertificateAuthority>(
      new TrainingCa(std::move(auth), std::move(signature), std::move(book), clock));
}

}  // namespace jpkid::ca
