#pragma once

#include <exception>
#include <string>
#include <system_error>

#include "config/settings.h"

namespace threadecho::serve {

/// The likely cause of a system error at the start, and the remedy; "" if there is nothing to add. Covers the errors of
/// starting a thread, and of opening a descriptor for it.
std::string advice_for(const std::error_code& error);

/// Tells the user why the program does not start, and returns the exit status for it. As text: a line on standard error
/// for each line of the error, after the program's name. As JSON: log lines of level error on standard output, where
/// the log goes; on standard error if nothing can be written there.
int report_start_failure(const std::exception& error, log::LogFormat format);

/// The same for a text of lines and a status that is known.
void report_start_failure(const std::string& text, int status, log::LogFormat format);

}  // namespace threadecho::serve
