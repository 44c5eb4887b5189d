/*
 * Stand-in for valgrind/memcheck.h that tells AddressSanitizer instead.
 *
 * PostgreSQL describes the life of every palloc chunk through valgrind client
 * requests when it is compiled with -DUSE_VALGRIND.  AddressSanitizer knows
 * malloc only, so without help it sees one big block where the server sees a
 * hundred chunks, and an over-read from one chunk into the next goes
 * unnoticed.  With this header first on the include path the same requests
 * poison and unpoison memory, byte exact, at the speed of compiled code.
 *
 * AddressSanitizer has no notion of "addressable but undefined", so making
 * memory undefined and making it defined are the same thing here.
 */
#ifndef CX_SHIM_MEMCHECK_H
#define CX_SHIM_MEMCHECK_H

#include <sanitizer/asan_interface.h>

#include "valgrind/valgrind.h"

#define CX_SHIM_OPEN(addr, size) \
	__asan_unpoison_memory_region((const volatile void *) (addr), (size))
#define CX_SHIM_CLOSE(addr, size) \
	__asan_poison_memory_region((const volatile void *) (addr), (size))
#define CX_SHIM_NOTHING() do {} while (0)

/* Byte ranges. */
#define VALGRIND_MAKE_MEM_DEFINED(addr, size)	CX_SHIM_OPEN(addr, size)
#define VALGRIND_MAKE_MEM_UNDEFINED(addr, size) CX_SHIM_OPEN(addr, size)
#define VALGRIND_MAKE_MEM_NOACCESS(addr, size)	CX_SHIM_CLOSE(addr, size)

/* Chunks: a new one opens; the allocator itself closes what it takes back. */
#define VALGRIND_MEMPOOL_ALLOC(pool, addr, size)		CX_SHIM_OPEN(addr, size)
#define VALGRIND_MEMPOOL_CHANGE(pool, from, addr, size) CX_SHIM_OPEN(addr, size)
#define VALGRIND_MEMPOOL_FREE(pool, addr)				CX_SHIM_NOTHING()
#define VALGRIND_MEMPOOL_TRIM(pool, addr, size)			CX_SHIM_NOTHING()
#define VALGRIND_CREATE_MEMPOOL(pool, redzone, zeroed)	CX_SHIM_NOTHING()
#define VALGRIND_CREATE_MEMPOOL_EXT(pool, redzone, zeroed, flags) CX_SHIM_NOTHING()
#define VALGRIND_DESTROY_MEMPOOL(pool)					CX_SHIM_NOTHING()

/* Questions that only valgrind can answer. */
#define VALGRIND_CHECK_MEM_IS_DEFINED(addr, size)		CX_SHIM_NOTHING()
#define VALGRIND_CHECK_VALUE_IS_DEFINED(value)			CX_SHIM_NOTHING()
#define VALGRIND_GET_VBITS(addr, bits, size)			(0)
#define VALGRIND_SET_VBITS(addr, bits, size)			(0)
#define VALGRIND_DO_LEAK_CHECK							CX_SHIM_NOTHING()

#endif							/* CX_SHIM_MEMCHECK_H */
