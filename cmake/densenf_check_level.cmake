# cmake -D OBJECT=<file> -D TABLE=<symbol> -D NM=<nm> -D OBJDUMP=<objdump> -P densenf_check_level.cmake
#
# Fails, and removes OBJECT, unless TABLE is all that a linker can take from it, and nothing of it runs before main:
# its code is for some processors only.
execute_process(COMMAND ${NM} --extern-only --defined-only --format=posix ${OBJECT} OUTPUT_VARIABLE symbols
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${OBJDUMP} --section-headers ${OBJECT} OUTPUT_VARIABLE sections COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "^${TABLE} D [^\n]*\n$")
  file(REMOVE ${OBJECT})
  message(FATAL_ERROR "Only ${TABLE} should be seen from outside of ${OBJECT}, but these are:\n${symbols}")
endif()
if(sections MATCHES " [.](init_array|ctors|gnu[.]linkonce|tdata|tbss)")
  file(REMOVE ${OBJECT})
  message(FATAL_ERROR "${OBJECT} has a section ${CMAKE_MATCH_1}: something runs before main, or is there per thread.")
endif()
