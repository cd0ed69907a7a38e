/* Settings become what the HTTP room listens by; what may not be is refused in a sentence. */
#include "collector/daemon/listening.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/parallel.h"
#include "collector/api/api.h"
#include <stdio.h>
#include <string.h>

#define METRICS_CONNECTIONS 16
#define MIB ((size_t)1024 * 1024)
#define SECOND_US INT64_C(1000000)

/* What whoever started the collector waits for. */
static int tell_address(const char *what, const struct http_server *server, const struct http_options *options)
{
    bool v6 = strchr(options->address, ':') != NULL;
    printf("%s on http%s://%s%s%s:%u\n", what, options->tls_certificate ? "s" : "", v6 ? "[" : "", options->address,
           v6 ? "]" : "", http_port(server));
    if (fflush(stdout) == 0)
        return 0;
    cli_fail(T("standard output can't be written", "standaarduitvoer kan niet geschreven worden"));
    return -1;
}

/* All but where it listens. Figures for few take one thread, and need no TLS on this machine. */
static struct http_options options_of(const struct config *config, enum config_key key, bool own_machine)
{
    bool few = key == CONFIG_METRICS_LISTEN, tls = config->values[CONFIG_TLS_CERTIFICATE][0] != '\0';
    uint64_t threads = config_number(config, CONFIG_THREADS);
    struct http_options options = {.aside_path = api_aside_path(config),
                                   .threads = threads > 0 ? (unsigned)threads : parallel_cores(),
                                   .connections = (unsigned)config_number(config, CONFIG_CONNECTIONS),
                                   .memory_max = config_number(config, CONFIG_MEMORY_MIB) * MIB,
                                   .wait_max_us = (int64_t)config_number(config, CONFIG_WAIT_MAX) * SECOND_US,
                                   .head_seconds = (unsigned)config_number(config, CONFIG_HEAD_SECONDS),
                                   .body_seconds = (unsigned)config_number(config, CONFIG_BODY_SECONDS),
                                   .least_rate = (unsigned)config_number(config, CONFIG_LEAST_RATE)};
    if (few) {
        options.threads = 1;
        options.connections = METRICS_CONNECTIONS;
    } else {
        options.trusted_proxies = config->values[CONFIG_TRUSTED_PROXIES];
        options.by_rfc_header = strcmp(config->values[CONFIG_FORWARDED_HEADER], "forwarded") == 0;
        options.address_connections = (unsigned)config_number(config, CONFIG_ADDRESS_CONNECTIONS);
    }
    if (tls && !(few && own_machine)) {
        options.tls_certificate = config->values[CONFIG_TLS_CERTIFICATE];
        options.tls_key = config->values[CONFIG_TLS_KEY];
    }
    return options;
}

/* What is sent in plain may be read by whoever stands between. */
static int check_plain(const struct config *config, const struct http_options *options, bool own_machine,
                       struct error *error)
{
    if (own_machine || options->tls_certificate || config_is_on(config, CONFIG_BEHIND_PROXY))
        return 0;
    return error_set(error, ERROR_REFUSED,
                     T("without TLS what members send could be read on the way; give tls_certificate and tls_key, or "
                       "say --behind-proxy where a proxy ends TLS, or listen on 127.0.0.1",
                       "zonder TLS kan onderweg gelezen worden wat panelleden sturen; geef tls_certificate en tls_key, "
                       "of zeg --behind-proxy als een proxy TLS afsluit, of luister op 127.0.0.1"));
}

static void tell_failure(const struct config *config, enum config_key key, const struct error *error)
{
    cli_fail(T("can't listen on %s: %s", "kan niet luisteren op %s: %s"), config->values[key], error->text);
}

/* All that it takes to listen there, tried: *out, which has its address in `address`. -1: a line has been written. */
static int make_options(const struct config *config, enum config_key key, char address[static CONFIG_VALUE_SIZE],
                        struct http_options *out)
{
    uint16_t port;
    struct error error;
    if (!config_listen(config, key, address, &port))
        return -1;
    bool own_machine = http_is_loopback(address);
    *out = options_of(config, key, own_machine);
    out->address = address;
    out->port = port;
    if (http_may_listen(out, &error) == 0 && check_plain(config, out, own_machine, &error) == 0)
        return 0;
    tell_failure(config, key, &error);
    return -1;
}

/* What comes through a proxy that is not named seems to come from one address, and is bounded as such. */
static void warn_of_one_address(const struct config *config)
{
    if (config_is_on(config, CONFIG_BEHIND_PROXY) && config->values[CONFIG_TRUSTED_PROXIES][0] == '\0')
        log_warning("http: all that comes through the proxy counts as one address; name it in trusted_proxies");
}

struct http_server *listening_start(const struct config *config, enum config_key key, const struct http_site *sites)
{
    char address[CONFIG_VALUE_SIZE];
    struct http_options options;
    struct error error;
    if (make_options(config, key, address, &options) < 0)
        return NULL;
    struct http_server *server = http_start(&options, sites, &error);
    if (!server) {
        tell_failure(config, key, &error);
        return NULL;
    }
    if (key == CONFIG_LISTEN)
        warn_of_one_address(config);
    if (tell_address(key == CONFIG_LISTEN ? "listening" : "metrics", server, &options) == 0)
        return server;
    http_stop(server);
    return NULL;
}

int listening_check(const struct config *config, enum config_key key)
{
    char address[CONFIG_VALUE_SIZE];
    struct http_options options;
    return config->values[key][0] == '\0' ? 0 : make_options(config, key, address, &options);
}

void listening_reload(struct http_server *server)
{
    struct error error;
    if (server && http_reload(server, &error) < 0)
        log_error("tls: the certificate that was in force stays: %s", error.text);
}
