# Run at build time by Embed.cmake: NAMES (a list), FOLDER and OUTPUT.
set(arrays)
set(rows)
set(list)
set(number 0)
foreach(name ${NAMES})
  file(READ ${FOLDER}/${name}.yaml hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  string(APPEND arrays "static const char BYTES_${number}[] = \"${bytes}\";\n")
  string(APPEND rows "\t{ \"suites/profiles/${name}.yaml\", BYTES_${number}, ${size} },\n")
  string(APPEND list "\t\"${name}\",\n")
  math(EXPR number "${number} + 1")
endforeach()
file(
  WRITE ${OUTPUT}
  "/* Made from suites/profiles by cmake/EmbedWrite.cmake. */\n#include \"engine/profiles_builtin.h\"\n\n${arrays}\n"
  "const struct profile_builtin PROFILES_BUILTIN[] = {\n${rows}};\nconst char *const PROFILE_NAMES[] = {\n${list}\t0,\n};\n"
  "const size_t N_PROFILES_BUILTIN = ${number};\n")
