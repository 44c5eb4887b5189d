/*
 * Stand-in for valgrind/valgrind.h: there is no valgrind below this server.
 * See memcheck.h beside it.
 */
#ifndef CX_SHIM_VALGRIND_H
#define CX_SHIM_VALGRIND_H

#define RUNNING_ON_VALGRIND			0
#define VALGRIND_COUNT_ERRORS		0
#define VALGRIND_PRINTF(...)		do {} while (0)
#define VALGRIND_PRINTF_BACKTRACE(...) do {} while (0)

#endif							/* CX_SHIM_VALGRIND_H */
