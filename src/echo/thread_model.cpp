#include "echo/thread_model.h"

#include <utility>

#include "config/settings.h"
#include "echo/blocking_pool.h"
#include "echo/pool.h"
#include "echo/thread_per_connection.h"

namespace threadecho::echo {

Refused refuse_without_thread(std::unique_ptr<Connection> connection, const std::error_code& error) {
  return {Connection::dissolve(std::move(connection)), RejectReason::kThreadLimit, error};
}

std::unique_ptr<ThreadModel> make_thread_model(const EchoContext& context) {
  if (context.settings.thread_model == config::ThreadModel::kPool) {
    return std::make_unique<Pool>(context);
  }
  if (context.settings.thread_model == config::ThreadModel::kBlockingPool) {
    return std::make_unique<BlockingPool>(context);
  }
  return std::make_unique<ThreadPerConnection>(context);
}

}  // namespace threadecho::echo
