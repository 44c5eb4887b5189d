/*
 * quadrature.c
 *		Integrals of smooth functions.
 */
#include "stats/quadrature.h"

#define MOST_HALVINGS 12
#define FARTHEST 6.5 /* sinh of it is 332 */

const float8 cx_gauss_point[CX_GAUSS_POINTS] = {
	0.0950125098376374401853193354249581, 0.281603550779258913230460501460496,
	0.458016777657227386342419442983578,  0.617876244402643748446671764048791,
	0.755404408355003033895101194847442,  0.865631202387831743880467897712393,
	0.944575023073232576077988415534608,  0.989400934991649932596154173450333};
const float8 cx_gauss_weight[CX_GAUSS_POINTS] = {
	0.189450610455068496285396723208283,  0.182603415044923588866763667969220,
	0.169156519395002538189312079030360,  0.149595988816576732081501730547479,
	0.124628971255533872052476282192016,  0.0951585116824927848099251076022462,
	0.0622535239386478928628438369943777, 0.0271524594117540948517805724560181};

/*
 * The integral over the real line of a positive function with one hump, around
 * centre and about as wide as scale, which may fall off slowly: the trapezoidal
 * rule after u = centre + scale * sinh(t), with steps halved until nothing
 * changes.  It converges doubly exponentially for functions without edges.
 */
float8
cx_integrate_line(CxIntegrand f, void *arg, float8 centre, float8 scale)
{
	float8 step = 0.5;
	float8 sum = f(centre, arg);

	for (int i = 1; i * step <= FARTHEST; i++)
	{
		float8 t = i * step;
		float8 u = scale * sinh(t);

		sum += cosh(t) * (f(centre + u, arg) + f(centre - u, arg));
	}
	for (int halving = 0; halving < MOST_HALVINGS; halving++)
	{
		float8 between = 0;

		CHECK_FOR_INTERRUPTS();
		for (float8 t = step / 2; t <= FARTHEST; t += step)
		{
			float8 u = scale * sinh(t);

			between += cosh(t) * (f(centre + u, arg) + f(centre - u, arg));
		}
		sum += between;
		step /= 2;
		/* the error of the next sum is about the square of this difference */
		if (fabs(2 * between - sum) <= 1e-8 * sum)
			break;
	}
	return sum * step * scale;
}
