# cmake -D COMPILER=... -D FLAGS=<file> -D FIRST=<folder> -D SOURCE=<file> -P expect_compile_error.cmake
#
# Passes when SOURCE does not compile and the compiler's words contain the sentence in the first line of SOURCE,
# "// expect: <sentence>". Headers are looked for in the folder FIRST before those of FLAGS. A second line "// flags: <flag>..." adds flags.
file(READ ${SOURCE} text)
if(NOT text MATCHES "^// expect: ([^\n]+)\n")
  message(FATAL_ERROR "${SOURCE} must begin with a line '// expect: <sentence>'.")
endif()
set(sentence "${CMAKE_MATCH_1}")

set(flags "")
if(text MATCHES "\n// flags: ([^\n]+)\n")
  separate_arguments(flags UNIX_COMMAND "${CMAKE_MATCH_1}")
endif()

execute_process(COMMAND ${COMPILER} -I${FIRST} @${FLAGS} ${flags} -fmessage-length=0 -fsyntax-only ${SOURCE}
  RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT failed)
  message(FATAL_ERROR "${SOURCE} was expected not to compile, but it does.")
endif()
string(FIND "${output}" "${sentence}" place)
if(place EQUAL -1)
  message("${output}")
  message(FATAL_ERROR "${SOURCE} does not compile, as it should, but the compiler does not say\n  ${sentence}")
endif()
message(STATUS "The compiler says: ${sentence}")
