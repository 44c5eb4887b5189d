/*
 * symmetric.c
 *		Small dense symmetric matrices: eigenvalues and eigenvectors, and
 *		whether a matrix can be one of covariances.
 */
#include "stats/symmetric.h"

#include <float.h>

/* Cyclic Jacobi needs six to ten sweeps; far more only for what is no number. */
#define MOST_SWEEPS 60

/* Turns rows and columns p and q so that element (p, q) becomes zero. */
static void
rotate(float8 *matrix, float8 *vectors, int size, int p, int q)
{
	float8 off = matrix[p * size + q];
	float8 theta = (matrix[q * size + q] - matrix[p * size + p]) / (2 * off);
	float8 tangent = (theta < 0 ? -1 : 1) / (fabs(theta) + hypot(theta, 1));
	float8 cosine = 1 / hypot(tangent, 1);
	float8 sine = tangent * cosine;

	matrix[p * size + p] -= tangent * off;
	matrix[q * size + q] += tangent * off;
	matrix[p * size + q] = matrix[q * size + p] = 0;
	for (int i = 0; i < size; i++)
	{
		float8 vector_p = vectors[i * size + p];
		float8 vector_q = vectors[i * size + q];

		vectors[i * size + p] = cosine * vector_p - sine * vector_q;
		vectors[i * size + q] = sine * vector_p + cosine * vector_q;
		if (i != p && i != q)
		{
			float8 at_p = matrix[i * size + p];
			float8 at_q = matrix[i * size + q];

			matrix[i * size + p] = matrix[p * size + i] = cosine * at_p - sine * at_q;
			matrix[i * size + q] = matrix[q * size + i] = sine * at_p + cosine * at_q;
		}
	}
}

/*
 * The eigenvalues and the eigenvectors, which are the columns of vectors, by
 * Jacobi's rotations; in no order.  Changes the matrix, whose elements must be
 * finite.  Small eigenvalues of correlation matrices keep their digits.
 */
void
cx_symmetric_eigen(float8 *matrix, int size, float8 *values, float8 *vectors)
{
	float8 floor = 0;
	bool turned = true;

	for (int i = 0; i < size; i++)
	{
		floor = Max(floor, fabs(matrix[i * size + i]) * DBL_EPSILON * DBL_EPSILON);
		for (int j = 0; j < size; j++)
			vectors[i * size + j] = i == j;
	}
	for (int sweep = 0; turned; sweep++)
	{
		if (sweep == MOST_SWEEPS)
			elog(ERROR, "eigenvalues of a matrix of size %d do not converge", size);
		turned = false;
		for (int p = 0; p < size; p++)
		{
			CHECK_FOR_INTERRUPTS();
			for (int q = p + 1; q < size; q++)
			{
				/* what does not change the diagonal any more is zero */
				float8 scale = sqrt(fabs(matrix[p * size + p])) * sqrt(fabs(matrix[q * size + q]));

				if (fabs(matrix[p * size + q]) <= Max(DBL_EPSILON / 8 * scale, floor))
					continue;
				rotate(matrix, vectors, size, p, q);
				turned = true;
			}
		}
	}
	for (int i = 0; i < size; i++)
		values[i] = matrix[i * size + i];
}

/*
 * True when no pivot of Gaussian elimination is less than -tolerance, and what
 * stands beside a pivot of about zero is about zero too.  Changes the matrix.
 */
bool
cx_symmetric_is_semidefinite(float8 *matrix, int size, float8 tolerance)
{
	for (int k = 0; k < size; k++)
	{
		float8 pivot = matrix[k * size + k];

		CHECK_FOR_INTERRUPTS();
		if (!(pivot >= -tolerance))
			return false;
		for (int i = k + 1; i < size; i++)
		{
			float8 factor = matrix[i * size + k];

			if (pivot <= tolerance)
			{
				if (factor * factor > 2 * tolerance)
					return false;
				continue;
			}
			factor /= pivot;
			for (int j = k + 1; j < size; j++)
				matrix[i * size + j] -= factor * matrix[k * size + j];
		}
	}
	return true;
}
