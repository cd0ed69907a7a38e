/* The handlers of all resources, by file. Inside the API room. HTTP threads. */
#ifndef COLLECTOR_API_RESOURCES_H
#define COLLECTOR_API_RESOURCES_H

#include "collector/http/http.h"

/* submissions.c */
void api_members_post(struct http_exchange *x, void *context);
void api_responses_post(struct http_exchange *x, void *context);
void api_erasures_post(struct http_exchange *x, void *context);

/* own_data.c */
void api_access_post(struct http_exchange *x, void *context);

/* batches.c */
void api_batches_post(struct http_exchange *x, void *context);

/* panel.c */
void api_panel_get(struct http_exchange *x, void *context);
void api_actions_get(struct http_exchange *x, void *context);
void api_action_get(struct http_exchange *x, void *context);

/* follow_ups.c */
void api_follow_ups_get(struct http_exchange *x, void *context);
void api_action_follow_ups_get(struct http_exchange *x, void *context);
void api_action_follow_ups_post(struct http_exchange *x, void *context);

/* action_history.c */
void api_action_history_get(struct http_exchange *x, void *context);

/* rounds.c */
void api_rounds_get(struct http_exchange *x, void *context);
void api_round_get(struct http_exchange *x, void *context);

/* releases.c */
void api_releases_get(struct http_exchange *x, void *context);
void api_release_file_get(struct http_exchange *x, void *context);

/* tables.c */
void api_summary_get(struct http_exchange *x, void *context);
void api_questions_get(struct http_exchange *x, void *context);
void api_options_get(struct http_exchange *x, void *context);
void api_comments_get(struct http_exchange *x, void *context);

/* changes.c */
void api_changes_get(struct http_exchange *x, void *context);

/* trends.c */
void api_trends_get(struct http_exchange *x, void *context);
void api_trends_metadata_get(struct http_exchange *x, void *context);

/* metadata.c */
void api_summary_metadata_get(struct http_exchange *x, void *context);
void api_questions_metadata_get(struct http_exchange *x, void *context);
void api_options_metadata_get(struct http_exchange *x, void *context);
void api_comments_metadata_get(struct http_exchange *x, void *context);

/* log.c */
void api_checkpoint_get(struct http_exchange *x, void *context);
void api_log_key_get(struct http_exchange *x, void *context);
void api_tile_get(struct http_exchange *x, void *context);
void api_receipt_get(struct http_exchange *x, void *context);

/* entries.c */
void api_entries_get(struct http_exchange *x, void *context);
void api_entry_state_get(struct http_exchange *x, void *context);

/* events.c */
void api_events_get(struct http_exchange *x, void *context);
void api_document_get(struct http_exchange *x, void *context);

/* about.c */
void api_service_get(struct http_exchange *x, void *context);
void api_token_get(struct http_exchange *x, void *context);

/* service.c */
void api_health_get(struct http_exchange *x, void *context);
void api_metrics_get(struct http_exchange *x, void *context);
void api_security_get(struct http_exchange *x, void *context);
void api_openapi_get(struct http_exchange *x, void *context);

#endif
