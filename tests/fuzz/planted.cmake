# Bugs that each target must notice by its corpus alone: a target whose oracle holds of anything protects nobody.

# planted_bug(NAME TARGET SOURCE FROM TO): TARGET with a copy of src/SOURCE in which FROM is TO. The linker takes from
# the library only what an object of the program does not have.
function(planted_bug name target source from to)
  set(original ${PROJECT_SOURCE_DIR}/src/${source})
  set(copy ${CMAKE_CURRENT_BINARY_DIR}/planted/${name}.cpp)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${original})
  file(READ ${original} text)
  string(FIND "${text}" "${from}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "tests/fuzz/planted.cmake: ${source} no longer has: ${from}")
  endif()
  string(REPLACE "${from}" "${to}" text "${text}")
  file(CONFIGURE OUTPUT ${copy} CONTENT "${text}" @ONLY)
  add_executable(planted_${name} ${copy} $<TARGET_OBJECTS:fuzz_${target}> $<TARGET_OBJECTS:fuzz_replay>)
  target_link_libraries(planted_${name} PRIVATE threadecho_lib)
  add_test(NAME fuzz/planted/${name}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/notices $<TARGET_FILE:planted_${name}> ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${target})
endfunction()

planted_bug(unit_twice units text/durations.cpp "    ++unit;\n" "")
planted_bug(size_overflow units text/sizes.cpp "count > UINT64_MAX / unit->bytes" "false")
planted_bug(crlf_is_two_lines dotenv config/dotenv/dotenv.cpp "else if (i + 1 == text.size() || text[i + 1] != '\\n')" "else")
planted_bug(raw_control_character dotenv text/escape.cpp "return character[0] == '\\xC2' &&" "return false &&")
planted_bug(raw_line_end log text/escape.cpp "return \"\\\\r\";" "return \"\\r\";")
planted_bug(one_byte_too_many log log/line.cpp "std::min(payload.size(), kMaxPreviewBytes)"
  "std::min(payload.size(), kMaxPreviewBytes + 1)")
planted_bug(body_for_head http http/session.cpp "if (!reader_->is_head()) {" "{")
planted_bug(reset_after_answer http http/session.cpp "    linger();\n" "    stream_.close();\n")
planted_bug(changed_bit echo echo/pooled_echo.cpp "    return echo(" "    buffer[0] ^= std::byte{1};\n    return echo(")
planted_bug(uncounted_echo echo echo/session.cpp "counters.echoed_bytes.add(" "counters.received_bytes.add(")
planted_bug(endless_fault faults admin/fault_fields.cpp "kLongestFault{24}" "kLongestFault{48}")
planted_bug(jitter_beyond_delay faults admin/fault_request.cpp "spec_.jitter > spec_.delay &&" "spec_.jitter < spec_.delay &&")
planted_bug(any_checksum proxy net/proxy_header.cpp "  return crc == number_at" "  return crc != 1 || crc == number_at")
planted_bug(header_without_end proxy net/proxy_header.cpp "parse_v2_addresses(bytes.first(size)," "parse_v2_addresses(bytes,")
planted_bug(ports_exchanged proxy net/proxy_header.cpp "ports[0]" "ports[1]")
planted_bug(endless_line proxy net/proxy_header.cpp "  text = text.substr(0, kMaxProxyHeaderBytesV1);\n" "")
