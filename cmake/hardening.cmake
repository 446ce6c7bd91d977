# Defences that end the program after a memory error, instead of letting an attacker control it. The check called
# hardening looks for each of these in the executable. docs/architecture.md says what they cost.
option(THREADECHO_HARDENED "Build with the compiler's and the linker's defences" ON)

# threadecho_harden(TARGET): for targets that link that interface library. All of it ends up in executables, never in a
# shared library, so PIE serves for the static one too. Not -fstack-clash-protection, see the caller.
function(threadecho_harden target)
  target_compile_options(${target} INTERFACE -fPIE -fstack-protector-strong)
  # The C library warns of it without optimisation. Ubuntu's compilers define it themselves, with another level.
  target_compile_options(${target} INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE>
    $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=3>)
  target_compile_definitions(${target} INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(${target} INTERFACE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endfunction()
