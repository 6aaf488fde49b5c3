# cmake -D OBJECT=<file> -D TABLE=<symbol> -D NM=<nm> -D OBJDUMP=<objdump> -P densenf_check_level.cmake
#
# Fails, and removes OBJECT, unless TABLE is all that a linker can take from it, and nothing of it runs before main:
# its code is for some processors only. And it must have all kernels that its table names: those of the same names
# that programs call would call the table again.
execute_process(COMMAND ${NM} --extern-only --defined-only --format=posix ${OBJECT} OUTPUT_VARIABLE symbols
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${NM} --undefined-only --format=posix ${OBJECT} OUTPUT_VARIABLE undefined
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${OBJDUMP} --section-headers ${OBJECT} OUTPUT_VARIABLE sections COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "^${TABLE} D [^\n]*\n$")
  file(REMOVE ${OBJECT})
  message(FATAL_ERROR "Only ${TABLE} should be seen from outside of ${OBJECT}, but these are:\n${symbols}")
endif()
if(undefined MATCHES "_ZN7densenf7kernels[^ ]*")
  file(REMOVE ${OBJECT})
  message(FATAL_ERROR "${OBJECT} lacks the kernel ${CMAKE_MATCH_0}: a part of the kernels is not compiled.")
endif()
if(sections MATCHES " [.](init_array|ctors|gnu[.]linkonce|tdata|tbss)")
  file(REMOVE ${OBJECT})
  message(FATAL_ERROR "${OBJECT} has a section ${CMAKE_MATCH_1}: something runs before main, or is there per thread.")
endif()
