/* The tables of routes: every path that the collector has, with what it takes. */
#include "collector/api/api.h"
#include "collector/api/resources.h"
#include "crypto/jws.h"
#include "panel/follow_up.h"

#define BATCH_BYTES_MAX ((size_t)16 * 1024 * 1024)

static const char *const of_entries[] = {"from", "limit", NULL};
static const char *const of_actions[] = {"id", NULL};
static const char *const of_follow_ups[] = {"since", "action", NULL};
static const char *const of_tables[] = {"action", "profile", "exact", "release", NULL};
static const char *const of_changes[] = {"since", "until", "action", "profile", NULL};
static const char *const of_trends[] = {"action", "question", "round", "sort", "limit", "profile", NULL};
static const char *const of_comments[] = {"action", "profile", NULL};

static const struct http_header to_any_origin[] = {{"Access-Control-Allow-Origin", "*"}, {NULL, NULL}};

const struct http_route api_routes[] = {
    {"POST", "/v1/responses", "application/jose", JWS_MAX, api_responses_post, NULL, NULL},
    {"POST", "/v1/response-batches", "application/x-ndjson", BATCH_BYTES_MAX, api_batches_post, NULL, NULL},
    {"POST", "/v1/members", "application/jose", JWS_MAX, api_members_post, NULL, NULL},
    {"POST", "/v1/erasures", "application/jose", JWS_MAX, api_erasures_post, NULL, NULL},
    {"POST", "/v1/access", "application/jose", JWS_MAX, api_access_post, NULL, NULL},
    {"GET", "/v1/panel", NULL, 0, api_panel_get, NULL, NULL},
    {"GET", "/v1/actions", NULL, 0, api_actions_get, of_actions, NULL},
    {"GET", "/v1/actions/{id}", NULL, 0, api_action_get, NULL, NULL},
    {"GET", "/v1/actions/{id}/follow-ups", NULL, 0, api_action_follow_ups_get, NULL, NULL},
    {"POST", "/v1/actions/{id}/follow-ups", "application/json", FOLLOW_UP_MAX, api_action_follow_ups_post, NULL, NULL},
    {"GET", "/v1/actions/{id}/history", NULL, 0, api_action_history_get, NULL, NULL},
    {"GET", "/v1/follow-ups", NULL, 0, api_follow_ups_get, of_follow_ups, NULL},
    {"GET", "/v1/rounds", NULL, 0, api_rounds_get, NULL, NULL},
    {"GET", "/v1/rounds/{id}", NULL, 0, api_round_get, NULL, NULL},
    {"GET", "/v1/rounds/{id}/releases", NULL, 0, api_releases_get, NULL, NULL},
    {"GET", "/v1/rounds/{id}/releases/*", NULL, 0, api_release_file_get, NULL, NULL},
    {"GET", "/v1/rounds/{id}/summary", NULL, 0, api_summary_get, of_tables, NULL},
    {"GET", "/v1/rounds/{id}/questions", NULL, 0, api_questions_get, of_tables, NULL},
    {"GET", "/v1/rounds/{id}/options", NULL, 0, api_options_get, of_tables, NULL},
    {"GET", "/v1/rounds/{id}/changes", NULL, 0, api_changes_get, of_changes, NULL},
    {"GET", "/v1/rounds/{id}/comments", NULL, 0, api_comments_get, of_comments, NULL},
    {"GET", "/v1/rounds/{id}/summary/metadata", NULL, 0, api_summary_metadata_get, of_tables, NULL},
    {"GET", "/v1/rounds/{id}/questions/metadata", NULL, 0, api_questions_metadata_get, of_tables, NULL},
    {"GET", "/v1/rounds/{id}/options/metadata", NULL, 0, api_options_metadata_get, of_tables, NULL},
    {"GET", "/v1/rounds/{id}/comments/metadata", NULL, 0, api_comments_metadata_get, of_comments, NULL},
    {"GET", "/v1/trends", NULL, 0, api_trends_get, of_trends, NULL},
    {"GET", "/v1/trends/metadata", NULL, 0, api_trends_metadata_get, of_trends, NULL},
    {"GET", "/v1/receipts/{index}", NULL, 0, api_receipt_get, NULL, NULL},
    {"GET", "/v1/entries", NULL, 0, api_entries_get, of_entries, NULL},
    {"GET", "/v1/entries/{index}/state", NULL, 0, api_entry_state_get, NULL, NULL},
    {"GET", "/v1/events", NULL, 0, api_events_get, of_entries, NULL},
    {"GET", "/v1/documents/{sha256}", NULL, 0, api_document_get, NULL, NULL},
    {"GET", "/log/checkpoint", NULL, 0, api_checkpoint_get, NULL, NULL},
    {"GET", "/log/key", NULL, 0, api_log_key_get, NULL, NULL},
    {"GET", "/log/tile/*", NULL, 0, api_tile_get, NULL, NULL},
    {"GET", "/v1/service", NULL, 0, api_service_get, NULL, NULL},
    {"GET", "/v1/token", NULL, 0, api_token_get, NULL, NULL},
    {"GET", "/v1/openapi.json", NULL, 0, api_openapi_get, NULL, to_any_origin},
    {"GET", "/.well-known/security.txt", NULL, 0, api_security_get, NULL, NULL},
    {"GET", "/healthz", NULL, 0, api_health_get, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};

const struct http_route api_metrics_routes[] = {
    {"GET", "/metrics", NULL, 0, api_metrics_get, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
