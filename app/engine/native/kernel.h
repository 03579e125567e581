/* What the files of the kernel share: how a program's numbers lie in memory, and how loops are compiled.
 *
 * Same bits as NumPy is the rule. Every operation here is one IEEE operation of the NumPy code it stands for, in
 * the same order; nothing is contracted or reassociated (-ffp-contract=off, no -ffast-math), and what is not
 * correctly rounded everywhere (logarithms, powers) stays with NumPy; exp is one of our own, exponential.h.
 */
#ifndef CALMINER_KERNEL_H
#define CALMINER_KERNEL_H

#include <math.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

/* Rows of numbers: where they begin, how far apart they stand, and whether trials lie side by side in them. */
typedef struct {
    double *at;
    int64_t stride;
    int64_t moves;
} base;

/* Rows `first`, `first + step` … of a base. wide: one number for each trial, else one for all. */
typedef struct {
    int64_t base, first, step, wide;
} operand;

/* One operation on `rows` rows. extra, number: what it needs besides rows; see twins.py for each. group: how
 * many from here on are done together, row by row. */
typedef struct {
    int64_t op, rows;
    int64_t extra[2];
    int64_t group;
    double number[3];
    operand out[3];
    operand in[3];
} instruction;

/* A run of trials of all bases. from, to: rows that elementwise operations go through. */
typedef struct {
    const base *bases;
    int64_t start, count;
    int64_t from, to;
} tile;

typedef void (*action)(const tile *, const instruction *);

INLINE double *row_of(const tile *t, const operand *o, int64_t row)
{
    const base *b = t->bases + o->base;
    return b->at + (o->first + row * o->step) * b->stride + (b->moves ? t->start : 0);
}

/* Masks lie in rows of 64-bit integers, 0 or 1, so that they select without being widened. */
INLINE int64_t *mask_of(const tile *t, const operand *o, int64_t row)
{
    return (int64_t *)row_of(t, o, row);
}

INLINE int64_t width_of(const tile *t, const operand *o)
{
    return o->wide ? t->count : 1;
}

/* NumPy's maximum and minimum: NaN wins, the first one if both are. Of two zeros NumPy takes what the processor's
 * own instruction does: the second on x86, by their signs on ARM. */
#if defined(__aarch64__)
#define OF_EQUALS(first) (first)
#else
#define OF_EQUALS(first) 0
#endif

INLINE double larger(double a, double b)
{
    return a != a ? a : (a > b) | ((a == b) & OF_EQUALS(!signbit(a))) ? a : b;
}

INLINE double smaller(double a, double b)
{
    return a != a ? a : (a < b) | ((a == b) & OF_EQUALS(!!signbit(a))) ? a : b;
}

/* Two operations in one, in pairs.c. */
void pair(const tile *t, const instruction *s);

/* The recurrences, in recurrences.c, in the order of their numbers. */
extern const action RECURRENCES[];
extern const int64_t RECURRENCE_COUNT;

#endif
