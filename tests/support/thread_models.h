#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace threadecho::test {

/// For tests of the real program that must hold in every thread model:
///   INSTANTIATE_TEST_SUITE_P(, Suite, ::testing::ValuesIn(all_thread_models), name_of_thread_model);
inline const std::array<std::string, 3> all_thread_models = {"per-connection", "blocking-pool", "pool"};

inline std::string name_of_thread_model(const ::testing::TestParamInfo<std::string>& info) {
  return info.param == "pool" ? "Pool" : info.param == "blocking-pool" ? "BlockingPool" : "PerConnection";
}

/// What the names of its echo threads begin with.
inline const char* thread_names_of(const std::string& model) { return model == "per-connection" ? "echo-" : "pool-"; }

}  // namespace threadecho::test
