#include "echo/echo_thread.h"

#include <sched.h>

#include <system_error>

namespace threadecho::echo {

EchoThreadAttributes::EchoThreadAttributes(std::size_t stack_size) {
  ::pthread_attr_init(&attributes_);
  // glibc adds the guard page, of one page by default, to this size; it is a mapping of its own, below the stack.
  if (const int error = ::pthread_attr_setstacksize(&attributes_, stack_size); error != 0) {
    throw std::system_error(error, std::generic_category(), "THREAD_STACK_SIZE");
  }
}

EchoThreadAttributes::~EchoThreadAttributes() { ::pthread_attr_destroy(&attributes_); }

void enter_echo_thread(const std::string& name, config::SchedPolicy policy) noexcept {
  ::pthread_setname_np(::pthread_self(), name.c_str());
  if (policy == config::SchedPolicy::kBatch) {
    const sched_param parameters{};
    ::sched_setscheduler(0, SCHED_BATCH, &parameters);  // 0: this thread, sched(7); needs no privilege
  }
}

}  // namespace threadecho::echo
