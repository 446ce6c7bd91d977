#include "healthcheck/main_process.h"

#include <gtest/gtest.h>

#include "support/fake_proc.h"

namespace threadecho::test {
namespace {

using healthcheck::MainProcess;

TEST(MainProcess, IsProcessOneWithItsFlags) {
  const FakeProc proc;
  proc.add(1, 0, {"threadecho", "--http-port", "8081", "serve", "--port=7"});
  const auto main = healthcheck::main_process(proc.path());
  ASSERT_TRUE(main);
  EXPECT_EQ(main->command, "serve");
  EXPECT_EQ(main->flags, (decltype(main->flags){{"HTTP_PORT", "8081"}, {"PORT", "7"}}));
}

TEST(MainProcess, IsServeWithoutArguments) {
  const FakeProc proc;
  proc.add(1, 0, {"/usr/bin/threadecho"});
  const auto main = healthcheck::main_process(proc.path());
  ASSERT_TRUE(main);
  EXPECT_EQ(main->command, "serve");
  EXPECT_TRUE(main->flags.empty());
}

TEST(MainProcess, IsAClientAndItsFlagsAreNoSettings) {
  const FakeProc proc;
  proc.add(1, 0, {"threadecho", "load", "echo:9000", "--rate", "5"});
  const auto main = healthcheck::main_process(proc.path());
  ASSERT_TRUE(main);
  EXPECT_EQ(main->command, "load");
  EXPECT_TRUE(main->flags.empty());
}

TEST(MainProcess, IsTheOnlyChildOfAnInit) {
  const FakeProc proc;
  proc.add(1, 0, {"/sbin/docker-init", "--", "threadecho"}, FakeProc::Program::kOther);
  proc.add(7, 1, {"threadecho", "--http-port", "8081"});
  proc.add(8, 1, {}, FakeProc::Program::kOther, 'Z');
  proc.add(30, 0, {"threadecho", "--http-port", "9"});  // docker exec
  proc.add(31, 7, {"sh"}, FakeProc::Program::kOther);
  const auto main = healthcheck::main_process(proc.path());
  ASSERT_TRUE(main);
  EXPECT_EQ(main->flags.at("HTTP_PORT"), "8081");
}

TEST(MainProcess, IsNotGuessedAmongSeveralChildrenOfAnInit) {
  const FakeProc proc;
  proc.add(1, 0, {"/sbin/init"}, FakeProc::Program::kOther);
  proc.add(7, 1, {"threadecho", "--http-port", "8081"});
  proc.add(8, 1, {"journald"}, FakeProc::Program::kOther);
  EXPECT_FALSE(healthcheck::main_process(proc.path()));
}

TEST(MainProcess, IsNoOtherProgram) {
  const FakeProc proc;
  proc.add(1, 0, {"threadecho", "--http-port", "8081"}, FakeProc::Program::kOther);
  EXPECT_FALSE(healthcheck::main_process(proc.path())) << "a pod's pause, and no child";
  proc.add(7, 1, {"threadecho", "--http-port", "8081"}, FakeProc::Program::kOther);
  EXPECT_FALSE(healthcheck::main_process(proc.path()));
}

TEST(MainProcess, IsNotThisHealthCheckItself) {
  const FakeProc proc;
  proc.add(1, 0, {"tini"}, FakeProc::Program::kOther);
  proc.add(FakeProc::kSelf, 1, {"threadecho", "healthcheck"});
  EXPECT_FALSE(healthcheck::main_process(proc.path()));
  proc.add(1, 0, {"threadecho", "healthcheck"});
  EXPECT_FALSE(healthcheck::main_process(proc.path()));
}

TEST(MainProcess, IsNotOneOfAnotherNetwork) {
  const FakeProc proc;
  proc.add(1, 0, {"threadecho"});
  proc.move_to_another_network(1);
  EXPECT_FALSE(healthcheck::main_process(proc.path()));
}

TEST(MainProcess, IsNotOneWithArgumentsThatCannotBeUnderstood) {
  const FakeProc proc;
  proc.add(1, 0, {"threadecho", "--frob"});
  EXPECT_FALSE(healthcheck::main_process(proc.path()));
  proc.add(1, 0, {});
  EXPECT_FALSE(healthcheck::main_process(proc.path()));
  EXPECT_FALSE(healthcheck::main_process(proc.path() / "missing"));
}

// The real procfs: process 1 is never this test.
TEST(MainProcess, IsNotFoundBesideATest) { EXPECT_FALSE(healthcheck::main_process("/proc")); }

}  // namespace
}  // namespace threadecho::test
