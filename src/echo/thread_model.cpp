#include "echo/thread_model.h"

#include "config/settings.h"
#include "echo/connection_threads.h"
#include "echo/pool.h"

namespace threadecho::echo {

std::unique_ptr<ThreadModel> make_thread_model(const EchoContext& context) {
  if (context.settings.thread_model == config::ThreadModel::kPool) {
    return std::make_unique<Pool>(context);
  }
  return std::make_unique<ConnectionThreads>(context);
}

}  // namespace threadecho::echo
