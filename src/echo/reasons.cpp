#include "echo/reasons.h"

#include <cerrno>

namespace threadecho::echo {

AcceptError accept_error_of(int error_number) {
  switch (error_number) {
    case EMFILE:
      return AcceptError::kEmfile;
    case ENFILE:
      return AcceptError::kEnfile;
    case ENOBUFS:
      return AcceptError::kEnobufs;
    case ENOMEM:
      return AcceptError::kEnomem;
    case ECONNABORTED:
      return AcceptError::kEconnaborted;
    case EPROTO:
      return AcceptError::kEproto;
    case EPERM:
      return AcceptError::kEperm;
    default:
      return AcceptError::kOther;
  }
}

CloseReason close_reason_of(int error_number) {
  switch (error_number) {
    case ECONNRESET:
    case EPIPE:  // what a reset becomes once the client's FIN has been read
      return CloseReason::kClientReset;
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return CloseReason::kPeerTimeout;
    default:
      return CloseReason::kError;
  }
}

}  // namespace threadecho::echo
