/*
 * student.h
 *		Student's t distribution.
 */
#ifndef CX_STATS_STUDENT_H
#define CX_STATS_STUDENT_H

#include "cx.h"

extern float8 cx_student_p(float8 t, float8 freedom);

#endif /* CX_STATS_STUDENT_H */
