# tenon_add_model(NAME MODEL [STATIC | SHARED] [DIMS dimension=value...] [OPTIONS option...])
#
# Makes the library target NAME of a model (.onnx, .mlir or .mlirbc): it is compiled when the model changes, and whatever links NAME
# can include "NAME.h". SHARED is the default. DIMS fixes symbolic dimensions; OPTIONS go to `tenon compile` as they are.
function(tenon_add_model name model)
  cmake_parse_arguments(ARG "STATIC;SHARED" "" "DIMS;OPTIONS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tenon_add_model(${name}): expected STATIC, SHARED, DIMS or OPTIONS, got ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  set(kind SHARED)
  if(ARG_STATIC)
    set(kind STATIC)
  endif()
  cmake_path(ABSOLUTE_PATH model BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}.tenon)
  set(library ${folder}/${CMAKE_${kind}_LIBRARY_PREFIX}${name}${CMAKE_${kind}_LIBRARY_SUFFIX})
  list(TRANSFORM ARG_DIMS PREPEND "--dim=")
  file(MAKE_DIRECTORY ${folder})

  add_custom_command(
    OUTPUT ${library} ${folder}/${name}.h
    COMMAND Tenon::tenon compile ${model} -o ${library} --name=${name} ${ARG_DIMS} ${ARG_OPTIONS}
    DEPENDS ${model} Tenon::tenon
    COMMENT "Compiling ${name} with Tenon"
    VERBATIM)
  add_custom_target(${name}-compiled DEPENDS ${library} ${folder}/${name}.h)

  add_library(${name} ${kind} IMPORTED GLOBAL)
  add_dependencies(${name} ${name}-compiled)
  set_target_properties(${name} PROPERTIES
    IMPORTED_LOCATION ${library}
    IMPORTED_NO_SONAME ON
    INTERFACE_INCLUDE_DIRECTORIES "${folder};${Tenon_INCLUDE_DIR}")
  if(ARG_STATIC)
    find_package(Threads REQUIRED)
    target_link_libraries(${name} INTERFACE Threads::Threads m)
  endif()
endfunction()
