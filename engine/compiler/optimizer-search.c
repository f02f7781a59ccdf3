/* A line search for the strong Wolfe conditions: f(t) <= f(0) + c₁ t f'(0) and |f'(t)| <= c₂
 * |f'(0)|. It brackets such a length, then narrows the bracket by cubic interpolation (Nocedal,
 * Wright: "Numerical optimization", 2006, algorithms 3.5 and 3.6), in the order of operations that
 * PyTorch has. Each run of the program evaluates the function at one length and decides on the
 * next; what it must know of the runs before are slots of the first parameter. */
#include "engine/compiler/optimizer-joint.h"

#define DECREASE  1e-4 /* c₁ */
#define CURVATURE 0.9  /* c₂ */
#define LEAST     1e-9 /* the width of a bracket at which nothing is left to find */
#define MOST      25   /* lengths that are tried */

/* What a run does. */
enum { BEGINS, BRACKETS, ZOOMS };

#define TWO(PRIM, x, y)     telar_build_binary (s->b, TELAR_PRIM_##PRIM, x, y)
#define BY(PRIM, x, number) telar_build_binary_scalar (s->b, TELAR_PRIM_##PRIM, x, number)
#define ONE(PRIM, x)        telar_build_unary (s->b, TELAR_PRIM_##PRIM, x)
#define PICK(c, x, y)       telar_build_select (s->b, c, x, y)
#define NUMBER(value)       telar_build_scalar (s->b, TELAR_F64, value)
#define BOTH(x, y)          TWO (AND, x, y)
#define EITHER(x, y)        TWO (OR, x, y)

typedef struct {
  TelarValue t, f, slope;
} Point;

static Point
pick_point (TelarOptimizerStep *s, TelarValue condition, Point x, Point y)
{
  return (Point){ PICK (condition, x.t, y.t), PICK (condition, x.f, y.f),
                  PICK (condition, x.slope, y.slope) };
}

/* --- slots ------------------------------------------------------------------------------------ */

static TelarValue
stored (TelarOptimizerStep *s, const char *name)
{
  return telar_optimizer_scalar (s, name, 0);
}

static Point
read_point (TelarOptimizerStep *s, const char *t, const char *f, const char *slope)
{
  return (Point){ stored (s, t), stored (s, f), stored (s, slope) };
}

static void
keep_point (TelarOptimizerStep *s, const char *t, const char *f, const char *slope, Point point)
{
  telar_optimizer_keep (s, t, point.t);
  telar_optimizer_keep (s, f, point.f);
  telar_optimizer_keep (s, slope, point.slope);
}

TelarValue
telar_optimizer_line_begins (TelarOptimizerStep *s)
{
  return TWO (EQUAL, stored (s, "line_phase"), NUMBER (BEGINS));
}

/* --- interpolation ---------------------------------------------------------------------------- */

/* Where the cubic through two points with their slopes is least, between @low and @high; halfway
 * where it has no such place. */
static TelarValue
interpolate (TelarOptimizerStep *s, Point x, Point y, TelarValue low, TelarValue high)
{
  TelarValue width = TWO (SUB, x.t, y.t), ordered = TWO (LESS_EQUAL, x.t, y.t);
  TelarValue d1 =
      TWO (SUB, TWO (ADD, x.slope, y.slope), TWO (DIV, BY (MUL, TWO (SUB, x.f, y.f), 3), width));
  TelarValue square = TWO (SUB, TWO (MUL, d1, d1), TWO (MUL, x.slope, y.slope));
  TelarValue d2 = ONE (SQRT, BY (MAXIMUM, square, 0));
  Point left = pick_point (s, ordered, x, y), right = pick_point (s, ordered, y, x);
  TelarValue share = TWO (DIV, TWO (SUB, TWO (ADD, right.slope, d2), d1),
                          TWO (ADD, TWO (SUB, right.slope, left.slope), BY (MUL, d2, 2)));
  TelarValue place = TWO (SUB, right.t, TWO (MUL, TWO (SUB, right.t, left.t), share));
  place = TWO (MINIMUM, TWO (MAXIMUM, place, low), high);
  TelarValue halfway = BY (MUL, TWO (ADD, low, high), 0.5);
  return PICK (TWO (LESS_EQUAL, NUMBER (0), square), place, halfway);
}

typedef struct {
  TelarValue t;
  TelarValue close; /* 1 where it was close to an end of the bracket, which the next may not be */
} Trial;

/* The next length within the bracket: not close to its ends twice. */
static Trial
narrow_down (TelarOptimizerStep *s, Point a, Point b)
{
  TelarValue bottom = TWO (MINIMUM, a.t, b.t), top = TWO (MAXIMUM, a.t, b.t);
  TelarValue t = interpolate (s, a, b, bottom, top);
  TelarValue margin = BY (MUL, TWO (SUB, top, bottom), 0.1);
  TelarValue above = TWO (SUB, t, bottom), below = TWO (SUB, top, t);
  TelarValue close = TWO (LESS, TWO (MINIMUM, above, below), margin);
  TelarValue again = TWO (LESS, NUMBER (0), stored (s, "line_close"));
  TelarValue outside =
      EITHER (TWO (LESS_EQUAL, below, NUMBER (0)), TWO (LESS_EQUAL, above, NUMBER (0)));
  TelarValue moved = BOTH (close, EITHER (again, outside));
  TelarValue inside = PICK (TWO (LESS, ONE (ABS, below), ONE (ABS, above)), TWO (SUB, top, margin),
                            TWO (ADD, bottom, margin));
  TelarValue stays = BOTH (close, ONE (NOT, moved));
  return (Trial){ PICK (moved, inside, t), PICK (stays, NUMBER (1), NUMBER (0)) };
}

/* --- a run ------------------------------------------------------------------------------------ */

typedef struct {
  TelarValue begins, zooms, tries;
  TelarValue f0, slope0; /* where the search began */
  Point now, a, b;     /* what is tried, and the bracket; while bracketing a is the point before */
  TelarValue too_high; /* f does not fall enough */
  TelarValue flat;     /* the slope is small enough */
} Run;

static Run
read_run (TelarOptimizerStep *s, const TelarLineSearch *line)
{
  TelarValue f = telar_build_cast (s->b, line->f, TELAR_F64);
  TelarValue slope = telar_build_cast (s->b, line->slope, TELAR_F64);
  Run r = { .begins = line->begins,
            .zooms = TWO (EQUAL, stored (s, "line_phase"), NUMBER (ZOOMS)),
            .tries = stored (s, "line_tries"),
            .f0 = PICK (line->begins, f, stored (s, "line_f0")),
            .slope0 = PICK (line->begins, slope, stored (s, "line_slope0")),
            .now = { stored (s, "line_t"), f, slope },
            .a = read_point (s, "line_a", "line_af", "line_aslope"),
            .b = read_point (s, "line_b", "line_bf", "line_bslope") };
  TelarValue allowed = TWO (ADD, r.f0, BY (MUL, TWO (MUL, r.now.t, r.slope0), DECREASE));
  r.too_high = TWO (LESS, allowed, f);
  r.flat = TWO (LESS_EQUAL, ONE (ABS, slope), BY (MUL, r.slope0, -CURVATURE));
  return r;
}

/* What a run finds: the bracket, and whether the length that was tried is good. */
typedef struct {
  Point a, b;
  TelarValue good;
} Bracket;

/* While zooming the new point takes the place of the worse end or, where it is the best so far, of
 * the better one, which may become the worse. */
static Bracket
zoom (TelarOptimizerStep *s, const Run *r)
{
  TelarValue a_is_low = TWO (LESS_EQUAL, r->a.f, r->b.f);
  Point low = pick_point (s, a_is_low, r->a, r->b), high = pick_point (s, a_is_low, r->b, r->a);
  TelarValue worse = EITHER (r->too_high, TWO (LESS_EQUAL, low.f, r->now.f));
  TelarValue turned =
      TWO (LESS_EQUAL, NUMBER (0), TWO (MUL, r->now.slope, TWO (SUB, high.t, low.t)));
  Point kept = pick_point (s, turned, low, high);
  high = pick_point (s, worse, r->now, kept);
  low = pick_point (s, worse, low, r->now);
  return (Bracket){ pick_point (s, a_is_low, low, high), pick_point (s, a_is_low, high, low),
                    BOTH (ONE (NOT, worse), r->flat) };
}

static void
keep_run (TelarOptimizerStep *s, const Run *r, TelarValue phase, TelarValue tries)
{
  telar_optimizer_keep (s, "line_phase", phase);
  telar_optimizer_keep (s, "line_tries", tries);
  telar_optimizer_keep (s, "line_f0", r->f0);
  telar_optimizer_keep (s, "line_slope0", r->slope0);
}

TelarValue
telar_optimizer_line_search (TelarOptimizerStep *s, const TelarLineSearch *line)
{
  Run r = read_run (s, line);
  TelarValue zero = NUMBER (0), most = NUMBER (MOST), brackets = ONE (NOT, r.zooms);
  /* Bracketing: the length grows until the function or its slope has turned. */
  TelarValue out_of_tries = BOTH (brackets, TWO (LESS_EQUAL, most, r.tries));
  TelarValue rises = BOTH (TWO (LESS, NUMBER (1), r.tries), TWO (LESS_EQUAL, r.a.f, r.now.f));
  TelarValue too_far = EITHER (r.too_high, rises);
  TelarValue turned = BOTH (ONE (NOT, r.flat), TWO (LESS_EQUAL, zero, r.now.slope));
  TelarValue found = BOTH (brackets, BOTH (ONE (NOT, too_far), r.flat));
  TelarValue enclosed = EITHER (r.zooms, EITHER (too_far, turned));
  TelarValue further = BY (MUL, TWO (SUB, r.now.t, r.a.t), 0.01);
  TelarValue grown =
      interpolate (s, r.a, r.now, TWO (ADD, r.now.t, further), BY (MUL, r.now.t, 10));
  /* Zooming, from the run on that closes the bracket. */
  Bracket zoomed = zoom (s, &r);
  Point a = pick_point (s, r.zooms, zoomed.a, r.a), b = pick_point (s, r.zooms, zoomed.b, r.now);
  TelarValue tries = PICK (EITHER (r.zooms, ONE (NOT, enclosed)), BY (ADD, r.tries, 1), r.tries);
  TelarValue width =
      TWO (MUL, ONE (ABS, TWO (SUB, b.t, a.t)), telar_build_cast (s->b, line->widest, TELAR_F64));
  TelarValue closed = EITHER (TWO (LESS_EQUAL, most, tries), TWO (LESS, width, NUMBER (LEAST)));
  TelarValue best = PICK (TWO (LESS_EQUAL, a.f, b.f), a.t, b.t);
  Trial trial = narrow_down (s, a, b);
  /* What comes of it. */
  found = EITHER (found, BOTH (r.zooms, zoomed.good));
  TelarValue ends = EITHER (EITHER (out_of_tries, found), BOTH (enclosed, closed));
  TelarValue falls = TWO (LESS_EQUAL, r.slope0, zero);
  TelarValue searching = PICK (r.begins, falls, ONE (NOT, ends));
  TelarValue at_end = PICK (TWO (LESS_EQUAL, r.f0, r.now.f), zero, r.now.t);
  TelarValue next = PICK (enclosed, PICK (closed, best, trial.t), grown);
  next = PICK (out_of_tries, at_end, PICK (found, r.now.t, next));
  TelarValue first = telar_build_cast (s->b, line->first, TELAR_F64);
  next = PICK (r.begins, PICK (falls, first, zero), next);
  TelarValue zooms = BOTH (enclosed, ONE (NOT, r.begins));
  TelarValue phase = PICK (zooms, NUMBER (ZOOMS), NUMBER (BRACKETS));
  keep_run (s, &r, PICK (searching, phase, NUMBER (BEGINS)), PICK (r.begins, zero, tries));
  Point start = { zero, r.f0, r.slope0 };
  Point left = pick_point (s, zooms, a, pick_point (s, r.begins, start, r.now));
  keep_point (s, "line_a", "line_af", "line_aslope", left);
  keep_point (s, "line_b", "line_bf", "line_bslope", b);
  telar_optimizer_keep (s, "line_t", next);
  telar_optimizer_keep (s, "line_close", PICK (zooms, trial.close, zero));
  s->searching = searching;
  telar_build_output (s->b, TELAR_OUTPUT_PROBE, "searching",
                      telar_build_cast (s->b, searching, TELAR_F32));
  return telar_build_cast (s->b, next, s->state->type.dtype);
}
