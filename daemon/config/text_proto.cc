#include "daemon/config/text_proto.h"

#include <google/protobuf/text_format.h>

#include "daemon/config/parser_findings.h"

namespace jpkid::config {

bool ParseTextProto(const std::string& text, google::protobuf::Message& message,
                    Section::Places& places, Findings& findings) {
  ParserFindings parser_findings(text, findings);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&parser_findings);
  parser.WriteLocationsTo(&places);
  if (parser.ParseFromString(text, &message)) return true;
  if (findings.status().ok()) findings.Refuse({}, "It cannot be read.");
  return false;
}

}  // namespace jpkid::config
