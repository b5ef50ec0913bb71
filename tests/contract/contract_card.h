#pragma once

#include <string>

namespace jpkid::hal {

// A directory of its own for the cards of one test, and what else it needs; removed at the end.
class ContractCards {
 public:
  ContractCards();
  ~ContractCards();
  ContractCards(const ContractCards&) = delete;
  ContractCards& operator=(const ContractCards&) = delete;

  const std::string& directory() const { return directory_; }

  // Makes the file of a fresh training card whose auth PIN is kContractAuthPin; its path.
  std::string Make(const std::string& name) const;

 private:
  std::string directory_;
};

}  // namespace jpkid::hal
