#pragma once

#include <string>
#include <vector>

namespace threadecho::host {

/// What execve(2) takes for arguments or environment: a pointer to each string, and a null. The strings must outlive
/// it.
std::vector<char*> exec_strings(std::vector<std::string>& strings);

}  // namespace threadecho::host
