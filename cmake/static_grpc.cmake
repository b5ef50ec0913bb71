# Takes gRPC, protobuf and Abseil from Debian's archives in place of its shared libraries: without a
# hundred of them to load, jpkictl has answered before it would otherwise have begun. Debian's
# packages describe the shared ones alone; what they need in turn is the same.
function(jpkid_take_archives)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    if(NOT target MATCHES "^(absl|gRPC|re2|c-ares)::")
      continue()
    endif()
    get_target_property(library ${target} IMPORTED_LOCATION_NONE)
    string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${library}")
    if(NOT library STREQUAL archive AND EXISTS ${archive})
      set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_NONE ${archive})
    endif()
  endforeach()
endfunction()


# What a program that lives for some milliseconds links first, so that the linker finds in archives
# what shared libraries would have to be loaded for: a third of its time. Not for the daemon: OpenSSL's
# engine for PKCS#11 needs the shared libcrypto.
function(jpkid_find_archives result)
  set(archives "")
  foreach(name ssl crypto z cares re2)
    find_library(JPKID_ARCHIVE_${name} lib${name}.a REQUIRED)
    list(APPEND archives ${JPKID_ARCHIVE_${name}})
  endforeach()
  set(${result} ${archives} PARENT_SCOPE)
endfunction()
