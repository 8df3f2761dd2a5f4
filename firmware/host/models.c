/* Exported wrappers of the models; see wrap.h. */
#include "wrap.h"

#include "../kernels/boosting_classes.h"
#include "../kernels/cnn_classes.h"
#include "../kernels/cnn_int8_classes.h"
#include "../kernels/committee_classes.h"
#include "../kernels/committee_values.h"
#include "../kernels/forest_classes.h"
#include "../kernels/forest_values.h"
#include "../kernels/gaussian.h"
#include "../kernels/growing_prototypes.h"
#include "../kernels/half_space_trees.h"
#include "../kernels/hyperspheres.h"
#include "../kernels/isolation_forest.h"
#include "../kernels/linear.h"
#include "../kernels/linear_int8.h"
#include "../kernels/loda.h"
#include "../kernels/mahalanobis.h"
#include "../kernels/mlp_classes.h"
#include "../kernels/mlp_int8_classes.h"
#include "../kernels/mlp_int8_values.h"
#include "../kernels/mlp_values.h"
#include "../kernels/naive_bayes.h"
#include "../kernels/nearest_classes.h"
#include "../kernels/nearest_radius.h"
#include "../kernels/nearest_values.h"
#include "../kernels/one_class_svm.h"
#include "../kernels/pca_residual.h"
#include "../kernels/rbf_classes.h"
#include "../kernels/rbf_classes_int8.h"
#include "../kernels/rbf_values.h"
#include "../kernels/rbf_values_int8.h"
#include "../kernels/ridge.h"
#include "../kernels/ridge_int8.h"
#include "../kernels/running_gaussian.h"
#include "../kernels/sefr.h"
#include "../kernels/similarity.h"
#include "../kernels/unrolled_forest.h"
#include "../kernels/sliding_neighbors.h"

/* The first value of table t, for numbers that are a table of one. */
static inline float number(const void *const tables[], size_t t)
{
    return ((const float *)tables[t])[0];
}

/* What a gauged model sees of its features; its params begin with smoothing, where the running mean is, and memory. */
#define SEEN bl_smooth(features, params[0], row, &state[params[1]])

BLH_LEARNING(running_gaussian, bl_running_gaussian_learn(features, params[2], number(tables, 0), SEEN, state),
             bl_running_gaussian_detect(features, params[2], number(tables, 0), number(tables, 1), SEEN, state))
BLH_LEARNING(mahalanobis, bl_mahalanobis_learn(features, params[2], number(tables, 0), SEEN, state),
             bl_mahalanobis_detect(features, params[2], number(tables, 0), number(tables, 1), SEEN, state))
BLH_LEARNING(growing_prototypes, bl_growing_prototypes_learn(params[3], features, number(tables, 0), SEEN, state),
             bl_growing_prototypes_detect(params[3], features, number(tables, 1), SEEN, state))

BLH_LEARNING(sliding_neighbors, bl_sliding_neighbors_learn(params[3], features, params[4], SEEN, state),
             bl_sliding_neighbors_detect(params[3], features, params[4], number(tables, 0), SEEN, state))
BLH_LEARNING(pca_residual,
             bl_pca_residual_learn(features, params[3], params[2], number(tables, 0), number(tables, 1), SEEN, work,
                                   state),
             bl_pca_residual_detect(features, params[3], number(tables, 0), number(tables, 1), number(tables, 2), SEEN,
                                    state))
BLH_LEARNING(half_space_trees,
             bl_half_space_trees_learn(params[3], params[4], params[2], number(tables, 0), tables[2], tables[3], SEEN,
                                       state),
             bl_half_space_trees_detect(params[3], params[4], number(tables, 0), number(tables, 1), tables[2],
                                        tables[3], SEEN, state))
BLH_LEARNING(loda,
             bl_loda_learn(params[3], params[4], params[5], params[2], number(tables, 0), tables[2], tables[3], SEEN,
                           state),
             bl_loda_detect(params[3], params[4], params[5], number(tables, 0), number(tables, 1), tables[2], tables[3],
                            SEEN, state))

BLH_STATIC(gaussian, 1u, result[0] = bl_gaussian(features, tables[0], tables[1], number(tables, 2), row))
BLH_STATIC(hyperspheres, 1u, result[0] = bl_hyperspheres(params[0], features, tables[0], tables[1], row))

BLH_STATIC(linear, params[0], bl_linear(params[0], features, tables[0], tables[1], row, result))
BLH_STATIC(linear_int8, params[0],
           bl_linear_int8(params[0], features, tables[0], tables[1], tables[2], number(tables, 3), row, result, work))
BLH_STATIC(rbf_classes, params[0],
           bl_rbf_classes(params[0], params[1], features, tables[0], tables[1], tables[2], tables[3],
                          number(tables, 4), row, result))
BLH_STATIC(rbf_classes_int8, params[0],
           bl_rbf_classes_int8(params[0], params[1], features, tables[0], tables[1], tables[2], tables[3], tables[4],
                               ((const float *)tables[5])[0], ((const float *)tables[5])[1], row, result, work))
BLH_STATIC(sefr, params[0], bl_sefr(params[0], features, tables[0], tables[1], row, result))
BLH_STATIC(naive_bayes, params[0],
           bl_naive_bayes(params[0], features, tables[0], tables[1], tables[2], row, result))
BLH_STATIC(nearest_classes, params[0],
           bl_nearest_classes(params[0], params[1], features, params[2], tables[0], tables[1], row, result))
BLH_STATIC(forest_classes, params[0],
           bl_forest_classes(params[0], params[1], tables[0], tables[1], tables[2], tables[3], tables[4], row, result))
BLH_STATIC(unrolled_forest, params[0],
           bl_forest_classes(params[0], params[1], tables[0], tables[1], tables[2], tables[3], tables[4], row, result))
BLH_STATIC(boosting_classes, params[0],
           bl_boosting_classes(params[0], params[1], tables[0], tables[1], tables[2], tables[3], tables[4],
                               number(tables, 5), row, result))

BLH_STATIC(ridge, 1u, result[0] = bl_ridge(features, tables[0], number(tables, 1), row))
BLH_STATIC(ridge_int8, 1u,
           result[0] = bl_ridge_int8(features, tables[0], ((const float *)tables[1])[0], ((const float *)tables[1])[1],
                                     ((const float *)tables[1])[2], row, work))
BLH_STATIC(rbf_values, 1u,
           result[0] = bl_rbf_values(params[0], features, tables[0], tables[1], tables[2],
                                     ((const float *)tables[3])[0], ((const float *)tables[3])[1], row))
BLH_STATIC(rbf_values_int8, 1u,
           result[0] = bl_rbf_values_int8(params[0], features, tables[0], tables[1], tables[2],
                                          ((const float *)tables[3])[0], ((const float *)tables[3])[1],
                                          ((const float *)tables[3])[2], ((const float *)tables[3])[3], row, work))
BLH_STATIC(nearest_values, 1u,
           result[0] = bl_nearest_values(params[0], features, params[1], tables[0], tables[1], row))
BLH_STATIC(forest_values, 1u,
           result[0] = bl_forest_values(params[0], tables[0], tables[1], tables[2], tables[3], tables[4], row))

BLH_STATIC(mlp_classes, params[2],
           bl_mlp_classes(features, params[0], params[1], params[2], tables[0], tables[1], row, work, result))
BLH_STATIC(mlp_values, 1u,
           result[0] = bl_mlp_values(features, params[0], params[1], tables[0], tables[1], row, work))

BLH_STATIC(mlp_int8_classes, params[2],
           bl_mlp_int8_classes(features, params[0], params[1], params[2], tables[0], tables[1], tables[2], tables[3],
                               tables[4], row, work, result))
BLH_STATIC(mlp_int8_values, 1u,
           result[0] = bl_mlp_int8_values(features, params[0], params[1], tables[0], tables[1], tables[2], tables[3],
                                          tables[4], number(tables, 5), row, work))

/* The shape of a convolutional network as its twin lists it. */
static inline struct bl_network network(const uint32_t params[])
{
    return (struct bl_network){params[0], params[1], params[2], params[3], params[4],
                           params[5], params[6], params[7], params[8], params[9]};
}

BLH_STATIC(cnn_classes, params[8], bl_cnn_classes(network(params), tables[0], tables[1], row, work, result))
BLH_STATIC(cnn_int8_classes, params[8],
           bl_cnn_int8_classes(network(params), tables[0], tables[1], tables[2], tables[3], tables[4], row, work,
                               result))

BLH_STATIC(one_class_svm, 1u,
           result[0] = bl_one_class_svm(params[0], features, tables[0], tables[1], number(tables, 2),
                                        number(tables, 3), row, work))
BLH_STATIC(nearest_radius, 1u,
           result[0] = bl_nearest_radius(params[0], features, params[1], tables[0], number(tables, 1), row))
BLH_STATIC(isolation_forest, 1u,
           result[0] = bl_isolation_forest(params[0], tables[0], tables[1], tables[2], tables[3], tables[4],
                                           number(tables, 5), row))

BLH_STAGE(similarity, for (size_t i = 0; i < axes * length; i++) row[i] = (float)bl_similarity(row[i]))

/* What members said: 1 and their answer, or zeros. */
static inline uint32_t counted(size_t outputs, size_t members, const float ballots[], float out[])
{
    uint32_t votes = 0u;
    bl_committee_begin(outputs, out);
    for (size_t m = 0; m < members; m++)
        if (ballots[m * (outputs + 1u)] > 0.0f)
            votes = bl_committee_vote(outputs, &ballots[m * (outputs + 1u) + 1u], votes, out);
    return votes;
}

BLH_STATIC(committee_classes, params[0],
           bl_committee_classes(params[0], counted(params[0], params[1], row, result), result))
BLH_STATIC(committee_values, 1u, bl_committee_values(counted(1u, params[1], row, result), result))
