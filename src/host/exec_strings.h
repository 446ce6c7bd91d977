#pragma once

#include <string>
#include <vector>

namespace threadecho::host {

/// Arguments or environment in the form that execve(2) takes: a pointer to each string, and a null. The strings must
/// outlive it.
std::vector<char*> exec_strings(std::vector<std::string>& strings);

}  // namespace threadecho::host
