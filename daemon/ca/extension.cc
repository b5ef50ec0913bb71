#include "daemon/ca/extension.h"

#include <string>

#include "base/status.h"
#include "daemon/ca/names.h"

namespace jpkid::ca {
namespace {

using AuthorityKeyIdPtr = OpensslPtr<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;
using BitStringPtr = OpensslPtr<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using ConstraintsPtr = OpensslPtr<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using GeneralNamePtr = OpensslPtr<GENERAL_NAME, GENERAL_NAME_free>;
using KeyIdPtr = OpensslPtr<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using PoliciesPtr = OpensslPtr<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>;
using PolicyPtr = OpensslPtr<POLICYINFO, POLICYINFO_free>;
using PointPtr = OpensslPtr<DIST_POINT, DIST_POINT_free>;
using PointsPtr = OpensslPtr<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;

absl::StatusOr<ExtensionPtr> Make(int nid, bool critical, void* value) {
  ExtensionPtr extension(value == nullptr ? nullptr : X509V3_EXT_i2d(nid, critical ? 1 : 0, value));
  if (extension == nullptr) return OpensslFailure("cannot make an extension");
  return extension;
}

}  // namespace

absl::StatusOr<ExtensionPtr> KeyUsageExtension(std::initializer_list<int> bits) {
  const BitStringPtr usage(ASN1_BIT_STRING_new());
  for (const int bit : bits) {
    if (ASN1_BIT_STRING_set_bit(usage.get(), bit, 1) != 1) {
      return OpensslFailure("cannot make an extension");
    }
  }
  return Make(NID_key_usage, true, usage.get());
}

absl::StatusOr<ExtensionPtr> PolicyExtension(certs::Kind kind) {
  const PoliciesPtr policies(sk_POLICYINFO_new_null());
  PolicyPtr policy(POLICYINFO_new());
  ObjectPtr oid = Oid(certs::Row(kind).policy);
  if (policies == nullptr || policy == nullptr || oid == nullptr) {
    return OpensslFailure("cannot make an extension");
  }
  ASN1_OBJECT_free(policy->policyid);
  policy->policyid = oid.release();
  if (sk_POLICYINFO_push(policies.get(), policy.get()) <= 0) {
    return OpensslFailure("cannot make an extension");
  }
  static_cast<void>(policy.release());  // The stack's now.
  return Make(NID_certificate_policies, certs::Row(kind).policy_critical, policies.get());
}

absl::StatusOr<ExtensionPtr> CrlPointExtension(certs::Kind kind) {
  JPKID_ASSIGN_OR_RETURN(NamePtr directory, CrlPointName(kind));
  const PointsPtr points(sk_DIST_POINT_new_null());
  PointPtr point(DIST_POINT_new());
  GeneralNamePtr name(GENERAL_NAME_new());
  if (points == nullptr || point == nullptr || name == nullptr) {
    return OpensslFailure("cannot make an extension");
  }
  GENERAL_NAME_set0_value(name.get(), GEN_DIRNAME, directory.release());
  point->distpoint = DIST_POINT_NAME_new();
  if (point->distpoint == nullptr) return OpensslFailure("cannot make an extension");
  point->distpoint->type = 0;  // fullName
  point->distpoint->name.fullname = GENERAL_NAMES_new();
  if (point->distpoint->name.fullname == nullptr ||
      sk_GENERAL_NAME_push(point->distpoint->name.fullname, name.get()) <= 0) {
    return OpensslFailure("cannot make an extension");
  }
  static_cast<void>(name.release());
  if (sk_DIST_POINT_push(points.get(), point.get()) <= 0) {
    return OpensslFailure("cannot make an extension");
  }
  static_cast<void>(point.release());
  return Make(NID_crl_distribution_points, false, points.get());
}

absl::StatusOr<ExtensionPtr> CaConstraintsExtension() {
  const ConstraintsPtr constraints(BASIC_CONSTRAINTS_new());
  if (constraints != nullptr) constraints->ca = 0xFF;
  return Make(NID_basic_constraints, true, constraints.get());
}

absl::StatusOr<ExtensionPtr> AuthorityKeyIdExtension(const ASN1_OCTET_STRING* key_id) {
  const AuthorityKeyIdPtr id(AUTHORITY_KEYID_new());
  if (id != nullptr) id->keyid = ASN1_OCTET_STRING_dup(key_id);
  if (id == nullptr || id->keyid == nullptr) return OpensslFailure("cannot make an extension");
  return Make(NID_authority_key_identifier, false, id.get());
}

absl::StatusOr<ExtensionPtr> SubjectKeyIdExtension(const X509* certificate) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const KeyIdPtr id(ASN1_OCTET_STRING_new());
  if (id == nullptr || X509_pubkey_digest(certificate, EVP_sha1(), hash, &length) != 1 ||
      ASN1_OCTET_STRING_set(id.get(), hash, static_cast<int>(length)) != 1) {
    return OpensslFailure("cannot make an extension");
  }
  return Make(NID_subject_key_identifier, false, id.get());
}

}  // namespace jpkid::ca
