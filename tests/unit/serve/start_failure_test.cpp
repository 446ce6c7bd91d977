#include "serve/start_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <future>
#include <string>
#include <system_error>

#include "net/listen.h"

namespace threadecho::serve {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string advice(int error_number) { return advice_for({error_number, std::generic_category()}); }

std::string listen_advice(int error_number, const std::string& address = "::") {
  return net::listen_advice(error_number, {.address = address,
                                           .port = 7,
                                           .setting = "HTTP_PORT",
                                           .address_setting = "HTTP_BIND_ADDRESS",
                                           .before_listen = {}});
}

TEST(StartAdvice, NamesCauseAndRemedyWhenAThreadCannotStart) {
  EXPECT_THAT(advice(EAGAIN), AllOf(StartsWith("; a limit of tasks"), HasSubstr("`ulimit -u`"), HasSubstr("pids.max"),
                                    HasSubstr("THREAD_STACK_SIZE"), HasSubstr("kernel.threads-max")));
  EXPECT_THAT(advice(EPERM), AllOf(HasSubstr("seccomp"), HasSubstr("clone3"), HasSubstr("update")));
  EXPECT_THAT(advice(ENOMEM), AllOf(HasSubstr("memory"), HasSubstr("POOL_THREADS")));
  EXPECT_THAT(advice(EMFILE), HasSubstr("`ulimit -n`"));
  EXPECT_THAT(advice(ENFILE), HasSubstr("fs.file-max"));
}

TEST(StartAdvice, SaysNothingWhereThereIsNothingToAdd) {
  EXPECT_EQ(advice(EIO), "");
  EXPECT_EQ(advice_for(std::make_error_code(std::future_errc::no_state)), "");
  EXPECT_EQ(listen_advice(EIO), "");
  EXPECT_EQ(listen_advice(EINVAL), "");
}

TEST(ListenAdvice, NamesTheSettingToChange) {
  EXPECT_THAT(listen_advice(EADDRINUSE),
              AllOf(StartsWith("; another process has the port"), HasSubstr("`ss -ltnp 'sport = :7'`"),
                    HasSubstr("set HTTP_PORT to another one")));
  EXPECT_THAT(listen_advice(EACCES),
              AllOf(HasSubstr("net.ipv4.ip_unprivileged_port_start"), HasSubstr("CAP_NET_BIND_SERVICE"),
                    HasSubstr("set HTTP_PORT to"), HasSubstr("such as 10007")));
  EXPECT_THAT(listen_advice(EADDRNOTAVAIL), HasSubstr("set HTTP_BIND_ADDRESS to one that `ip address` shows"));
  EXPECT_THAT(listen_advice(EAFNOSUPPORT), HasSubstr("set HTTP_BIND_ADDRESS to an address of the other one"));
  EXPECT_THAT(listen_advice(EINVAL, "fe80::1"), HasSubstr("set HTTP_BIND_ADDRESS to fe80::1%eth0"));
  EXPECT_THAT(listen_advice(EMFILE), HasSubstr("`ulimit -n`"));
}

}  // namespace
}  // namespace threadecho::serve
