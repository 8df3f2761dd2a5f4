/* Growing decision trees on binned features, on the machine that searches. Leaves hold one mean per output, so that a
 * tree on one column per class is a classifier (least squares on 0 and 1 is Gini's impurity), and one on gradients a
 * round of boosting for all classes at once. Best first, up to a number of leaves. The same input gives the same tree
 * on every machine: float32 in a fixed order, own random numbers. */
#include <stddef.h>
#include <stdint.h>

#define BINS 64
#define OUTPUTS 256

typedef struct {
    int32_t signals, features, outputs;
    int32_t looks;  /* features a split chooses from */
    int32_t leaves; /* at most */
    int32_t least;  /* signals in a leaf */
    int32_t loose;  /* one random cut of each feature instead of the best */
    int32_t draw;   /* signals are drawn with replacement */
    uint64_t random;
    const uint8_t *bins;   /* [features][signals] */
    const float *goals;    /* [signals][outputs] */
    const float *weight;   /* [signals] */
    float *share;          /* [signals]: weight in this tree, with draws */
    int32_t *order;        /* [2 * signals]: who is in which node; the second half is scratch */
    int32_t *candidates;   /* [features] */
    float *histogram;      /* [BINS][outputs + 2]: weight, count, goals; zeros between calls */
    int32_t *first, *last; /* [leaves]: range of each leaf in `order` */
    float *sums;           /* [leaves][outputs + 1]: weight, goals */
    float *gain;           /* [leaves]: of its best split, 0 if there is none */
    int32_t *best;         /* [leaves][2]: feature and bin of it */
    int32_t *parent;       /* [leaves]: 2 * node + side, -1 for the root */
    int32_t *feature;      /* out: [leaves - 1] */
    int32_t *cut;          /* out: [leaves - 1]: bins up to it go left */
    int32_t *children;     /* out: [leaves - 1][2]: a node, or ~leaf */
    int32_t *leaf;         /* out: [signals]: where each ends, also those that were not drawn */
} grower;

static uint64_t draw(grower *g)
{
    uint64_t z = (g->random += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int32_t below(grower *g, int32_t n)
{
    return (int32_t)(((draw(g) >> 32) * (uint64_t)(uint32_t)n) >> 32);
}

/* Sum of squares over weight: what a leaf explains. */
static float explained(int32_t outputs, const float sums[], float weight)
{
    float total = 0.0f;
    for (int32_t k = 0; k < outputs; k++)
        total += sums[k] * sums[k];
    return total / weight;
}

/* Fills the histogram of one feature over a node; returns its lowest and highest bin. */
static void count(const grower *g, int32_t feature, int32_t first, int32_t last, int32_t *low, int32_t *high)
{
    const uint8_t *const bins = &g->bins[(size_t)feature * (size_t)g->signals];
    const int32_t outputs = g->outputs, stride = outputs + 2;
    *low = BINS - 1, *high = 0;
    for (int32_t i = first; i < last; i++) {
        const int32_t s = g->order[i], bin = bins[s];
        const float share = g->share[s], *const goals = &g->goals[(size_t)s * (size_t)outputs];
        float *const into = &g->histogram[bin * stride];
        *low = bin < *low ? bin : *low;
        *high = bin > *high ? bin : *high;
        into[0] += share;
        into[1] += 1.0f;
        for (int32_t k = 0; k < outputs; k++)
            into[2 + k] += share * goals[k];
    }
}

/* Considers the cuts of a counted feature for a leaf, and empties the histogram. */
static void consider(grower *g, int32_t leaf, int32_t feature, int32_t low, int32_t high)
{
    const int32_t outputs = g->outputs, stride = outputs + 2;
    const float *const all = &g->sums[leaf * (outputs + 1)];
    const float whole = explained(outputs, all + 1, all[0]);
    const float members = (float)(g->last[leaf] - g->first[leaf]);
    const int32_t only = g->loose != 0 && high > low ? low + below(g, high - low) : -1;
    float left[OUTPUTS + 2] = {0}, right[OUTPUTS];
    for (int32_t bin = low; bin <= high; bin++) {
        float *const here = &g->histogram[bin * stride];
        const float seen = left[1];
        for (int32_t k = 0; k < stride; k++) {
            left[k] += here[k];
            here[k] = 0.0f;
        }
        const float rest = all[0] - left[0];
        if (bin == high || (only >= 0 && bin != only) || left[1] == seen || rest <= 0.0f || left[0] <= 0.0f)
            continue;
        if (left[1] < (float)g->least || members - left[1] < (float)g->least)
            continue;
        for (int32_t k = 0; k < outputs; k++)
            right[k] = all[1 + k] - left[2 + k];
        const float gain = explained(outputs, left + 2, left[0]) + explained(outputs, right, rest) - whole;
        if (gain > g->gain[leaf] && gain > 1e-6f * all[0]) {
            g->gain[leaf] = gain;
            g->best[2 * leaf] = feature;
            g->best[2 * leaf + 1] = bin;
        }
    }
}

/* Sums of a leaf, and its best split among `looks` features that are not constant on it. */
static void examine(grower *g, int32_t leaf)
{
    const int32_t outputs = g->outputs, first = g->first[leaf], last = g->last[leaf];
    float *const sums = &g->sums[leaf * (outputs + 1)];
    for (int32_t k = 0; k <= outputs; k++)
        sums[k] = 0.0f;
    for (int32_t i = first; i < last; i++) {
        const int32_t s = g->order[i];
        sums[0] += g->share[s];
        for (int32_t k = 0; k < outputs; k++)
            sums[1 + k] += g->share[s] * g->goals[(size_t)s * (size_t)outputs + (size_t)k];
    }
    g->gain[leaf] = 0.0f;
    if (last - first < 2 * g->least)
        return;
    for (int32_t seen = 0, useful = 0; seen < g->features && useful < g->looks; seen++) {
        const int32_t at = seen + below(g, g->features - seen), feature = g->candidates[at];
        int32_t low, high;
        g->candidates[at] = g->candidates[seen];
        g->candidates[seen] = feature;
        count(g, feature, first, last, &low, &high);
        useful += low < high;
        consider(g, leaf, feature, low, high);
    }
}

/* Those whose bin is up to the cut first, both in their order; returns where the others begin. */
static int32_t part(grower *g, int32_t first, int32_t last, int32_t feature, int32_t cut)
{
    const uint8_t *const bins = &g->bins[(size_t)feature * (size_t)g->signals];
    int32_t left = first, right = g->signals;
    for (int32_t i = first; i < last; i++) {
        const int32_t s = g->order[i];
        if (bins[s] <= cut)
            g->order[left++] = s;
        else
            g->order[right++] = s;
    }
    for (int32_t i = left; i < last; i++)
        g->order[i] = g->order[g->signals + i - left];
    return left;
}

static void begin(grower *g)
{
    int32_t members = 0;
    for (int32_t s = 0; s < g->signals; s++)
        g->share[s] = g->draw != 0 ? 0.0f : g->weight[s];
    if (g->draw != 0)
        for (int32_t i = 0; i < g->signals; i++) {
            const int32_t s = below(g, g->signals);
            g->share[s] += g->weight[s];
        }
    for (int32_t s = 0; s < g->signals; s++)
        if (g->share[s] > 0.0f)
            g->order[members++] = s;
    for (int32_t f = 0; f < g->features; f++)
        g->candidates[f] = f;
    g->first[0] = 0, g->last[0] = members, g->parent[0] = -1;
}

static void place(grower *g, int32_t nodes)
{
    for (int32_t s = 0; s < g->signals; s++) {
        int32_t node = nodes > 0 ? 0 : ~0;
        while (node >= 0) {
            const size_t at = (size_t)g->feature[node] * (size_t)g->signals + (size_t)s;
            node = g->children[2 * node + (g->bins[at] > g->cut[node])];
        }
        g->leaf[s] = ~node;
    }
}

/* Grows one tree; returns its number of nodes (leaves less one). Parents stand before their children. */
int32_t grow(grower *g);
int32_t grow(grower *g)
{
    begin(g);
    examine(g, 0);
    for (int32_t node = 0;; node++) {
        int32_t leaf = 0;
        for (int32_t other = 1; other <= node; other++)
            if (g->gain[other] > g->gain[leaf])
                leaf = other;
        if (node + 1 >= g->leaves || g->gain[leaf] <= 0.0f) {
            place(g, node);
            return node;
        }
        const int32_t feature = g->best[2 * leaf], cut = g->best[2 * leaf + 1], added = node + 1;
        g->feature[node] = feature;
        g->cut[node] = cut;
        g->children[2 * node] = ~leaf;
        g->children[2 * node + 1] = ~added;
        if (g->parent[leaf] >= 0)
            g->children[g->parent[leaf]] = node;
        g->last[added] = g->last[leaf];
        g->last[leaf] = g->first[added] = part(g, g->first[leaf], g->last[leaf], feature, cut);
        g->parent[leaf] = 2 * node;
        g->parent[added] = 2 * node + 1;
        examine(g, leaf);
        examine(g, added);
    }
}

/* Cuts of each feature from its sorted values: midpoints of neighbours, at most BINS - 1 at even ranks. Then the bin
 * of each value: the number of cuts below it. `sorted` is [features][signals], `x` [signals][features]. */
void sort_into_bins(int32_t signals, int32_t features, const float sorted[], const float x[], float cuts[],
                    uint8_t bins[]);
void sort_into_bins(int32_t signals, int32_t features, const float sorted[], const float x[], float cuts[],
                    uint8_t bins[])
{
    for (int32_t f = 0; f < features; f++) {
        const float *const column = &sorted[(size_t)f * (size_t)signals];
        float *const own = &cuts[f * (BINS - 1)];
        int32_t distinct = 1, made = 0;
        for (int32_t i = 1; i < signals; i++)
            distinct += column[i] > column[i - 1];
        int64_t next = distinct <= BINS ? 1 : signals;
        for (int32_t i = 1; i < signals && made < BINS - 1; i++) {
            if ((int64_t)i * (distinct <= BINS ? 1 : BINS) < next || !(column[i] > column[i - 1]))
                continue;
            const float middle = 0.5f * column[i - 1] + 0.5f * column[i];
            own[made++] = middle < column[i] && middle >= column[i - 1] ? middle : column[i - 1];
            while (distinct > BINS && next <= (int64_t)i * BINS)
                next += signals;
        }
        for (int32_t s = 0; s < signals; s++) {
            const float value = x[(size_t)s * (size_t)features + (size_t)f];
            int32_t low = 0, high = made;
            while (low < high) {
                const int32_t half = (low + high) / 2;
                if (value > own[half])
                    low = half + 1;
                else
                    high = half;
            }
            bins[(size_t)f * (size_t)signals + (size_t)s] = (uint8_t)low;
        }
    }
}
