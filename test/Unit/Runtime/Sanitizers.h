//===- Sanitizers.h - is this a sanitizer's build? --------------*- C++ -*-===//
#ifndef TENON_TEST_UNIT_RUNTIME_SANITIZERS_H
#define TENON_TEST_UNIT_RUNTIME_SANITIZERS_H

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#else
#define HAS_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define HAS_THREAD_SANITIZER 1
#else
#define HAS_THREAD_SANITIZER 0
#endif

#endif // TENON_TEST_UNIT_RUNTIME_SANITIZERS_H
