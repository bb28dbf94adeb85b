/*
 * lwIP as a station at 10.77.0.1, one Ethernet cable long: frames come in on standard input and go out on standard output, each behind its
 * length in two octets, most significant first. The tests compile and start it; what became of each conversation is a line on standard error.
 *
 *   lwip_peer serve END OUT IN          listens on 4711; on 7 it echoes
 *   lwip_peer call PORT END OUT IN N    calls 10.77.0.2 N times at once
 *
 * In a conversation both sides talk at once: OUT octets go out, IN octets are expected. END is
 *   half    our FIN behind the last octet, and reading on until the peer's
 *   last    our FIN when the peer's has come
 *   reset   a RST once everything has arrived
 *
 * It ends when its standard input does.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"

#define LARGEST_FRAME 1514
#define PATTERN_PERIOD 65521

enum ending { HALF, LAST, RESET, ECHO };

struct conversation {
    struct tcp_pcb *pcb;
    enum ending ending;
    u32_t out, in;        /* how much there is to be */
    u32_t sent, received; /* how much there was */
    int finished;         /* our FIN is queued */
    int peer_finished;
    int number;
    struct pbuf *unwritten; /* echo: what found no room yet */
};

static unsigned char pattern[PATTERN_PERIOD + LARGEST_FRAME];
static struct netif cable;
static enum ending the_ending;
static u32_t the_out, the_in;
static int the_port, the_count, conversations;
static pthread_mutex_t out_lock = PTHREAD_MUTEX_INITIALIZER;

/* The octet at a place of the stream; the test computes the same. */
static void make_pattern(void)
{
    u32_t x = 1;
    for (int i = 0; i < PATTERN_PERIOD; i++) {
        x = x * 1103515245u + 12345u;
        pattern[i] = (unsigned char)(x >> 16);
    }
    memcpy(pattern + PATTERN_PERIOD, pattern, LARGEST_FRAME);
}

static void write_all(const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, count);
        if (n <= 0)
            exit(0); /* the cable has been pulled */
        bytes += n;
        count -= (size_t)n;
    }
}

static int read_all(unsigned char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = read(STDIN_FILENO, bytes, count);
        if (n <= 0)
            return 0;
        bytes += n;
        count -= (size_t)n;
    }
    return 1;
}

static err_t cable_output(struct netif *netif, struct pbuf *p)
{
    unsigned char frame[2 + LARGEST_FRAME];
    (void)netif;
    if (p->tot_len > LARGEST_FRAME)
        return ERR_VAL;
    frame[0] = (unsigned char)(p->tot_len >> 8);
    frame[1] = (unsigned char)p->tot_len;
    pbuf_copy_partial(p, frame + 2, p->tot_len, 0);
    pthread_mutex_lock(&out_lock);
    write_all(frame, 2u + p->tot_len);
    pthread_mutex_unlock(&out_lock);
    return ERR_OK;
}

static err_t cable_init(struct netif *netif)
{
    static const unsigned char mac[6] = { 2, 0, 0, 0, 0x1D, 0x1B };
    netif->name[0] = 'c';
    netif->name[1] = 'b';
    netif->output = etharp_output;
    netif->linkoutput = cable_output;
    netif->mtu = 1500;
    netif->hwaddr_len = 6;
    memcpy(netif->hwaddr, mac, 6);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

static void report(struct conversation *c, const char *what)
{
    fprintf(stderr, "%d: %s, sent %u, received %u\n", c->number, what, c->sent, c->received);
    fflush(stderr);
}

/* Gives the pcb up, by FIN if there is none yet. lwIP answers what is unread with a RST, as it should. */
static err_t let_go(struct conversation *c)
{
    struct tcp_pcb *pcb = c->pcb;
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
    if (tcp_close(pcb) != ERR_OK) {
        tcp_abort(pcb);
        report(c, "aborted for want of memory");
        free(c);
        return ERR_ABRT;
    }
    report(c, "closed");
    free(c);
    return ERR_OK;
}

static err_t go_on(struct conversation *c)
{
    struct tcp_pcb *pcb = c->pcb;
    while (c->ending == ECHO && c->unwritten != NULL) {
        struct pbuf *p = c->unwritten;
        if (p->len > tcp_sndbuf(pcb) || tcp_write(pcb, p->payload, p->len, TCP_WRITE_FLAG_COPY) != ERR_OK)
            break;
        c->out = c->sent += p->len;
        tcp_recved(pcb, p->len);
        c->unwritten = p->next;
        if (p->next != NULL)
            pbuf_ref(p->next);
        pbuf_free(p);
    }
    while (c->ending != ECHO && c->sent < c->out) {
        u32_t n = c->out - c->sent;
        if (n > 1400)
            n = 1400;
        if (n > tcp_sndbuf(pcb))
            n = tcp_sndbuf(pcb);
        if (n == 0 || tcp_write(pcb, pattern + c->sent % PATTERN_PERIOD, (u16_t)n, TCP_WRITE_FLAG_COPY) != ERR_OK)
            break;
        c->sent += n;
    }
    if (c->ending == RESET && c->received >= c->in && c->sent == c->out && tcp_sndqueuelen(pcb) == 0) {
        report(c, "reset by us");
        free(c);
        tcp_arg(pcb, NULL);
        tcp_err(pcb, NULL);
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    if (!c->finished && c->sent == c->out && c->unwritten == NULL
        && (c->ending == HALF || (c->peer_finished && c->ending != RESET))) {
        if (c->peer_finished)
            return let_go(c);
        if (tcp_shutdown(pcb, 0, 1) == ERR_OK)
            c->finished = 1;
    }
    if (c->finished && c->peer_finished)
        return let_go(c);
    tcp_output(pcb);
    return ERR_OK;
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    struct conversation *c = arg;
    (void)error;
    if (p == NULL) {
        c->peer_finished = 1;
        if (c->ending != ECHO && c->received != c->in)
            report(c, "ended too early");
        return go_on(c);
    }
    if (c->ending == ECHO) {
        c->received += p->tot_len;
        if (c->unwritten == NULL)
            c->unwritten = p;
        else
            pbuf_cat(c->unwritten, p);
        return go_on(c);
    }
    for (struct pbuf *q = p; q != NULL; q = q->next) {
        for (u16_t i = 0; i < q->len; i++) {
            if (((unsigned char *)q->payload)[i] != pattern[c->received % PATTERN_PERIOD]) {
                report(c, "received a wrong octet");
                exit(1);
            }
            c->received++;
        }
    }
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return go_on(c);
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t length)
{
    (void)pcb;
    (void)length;
    return go_on(arg);
}

/* The pcb is gone already. */
static void on_error(void *arg, err_t error)
{
    struct conversation *c = arg;
    report(c, error == ERR_RST ? "reset by peer" : "aborted");
    free(c);
}

static struct conversation *begin(struct tcp_pcb *pcb, enum ending ending)
{
    struct conversation *c = calloc(1, sizeof *c);
    c->pcb = pcb;
    c->ending = ending;
    c->out = ending == ECHO ? 0 : the_out;
    c->in = the_in;
    c->number = conversations++;
    tcp_arg(pcb, c);
    tcp_recv(pcb, on_recv);
    tcp_sent(pcb, on_sent);
    tcp_err(pcb, on_error);
    return c;
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
    (void)pcb;
    (void)error;
    return go_on(arg);
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t error)
{
    if (error != ERR_OK || pcb == NULL)
        return ERR_VAL;
    return go_on(begin(pcb, arg != NULL ? ECHO : the_ending));
}

static void listen_on(u16_t port, void *arg)
{
    struct tcp_pcb *pcb = tcp_new();
    tcp_bind(pcb, IP_ADDR_ANY, port);
    pcb = tcp_listen(pcb);
    tcp_arg(pcb, arg);
    tcp_accept(pcb, on_accept);
}

static void start(void *arg)
{
    ip4_addr_t address, mask, gateway;
    ip_addr_t board = IPADDR4_INIT_BYTES(10, 77, 0, 2);
    (void)arg;
    IP4_ADDR(&address, 10, 77, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 0, 0, 0, 0);
    netif_add(&cable, &address, &mask, &gateway, NULL, cable_init, tcpip_input);
    netif_set_default(&cable);
    netif_set_up(&cable);
    listen_on(7, &cable);
    if (the_port == 0)
        listen_on(4711, NULL);
    for (int i = 0; i < the_count; i++) {
        struct conversation *c = begin(tcp_new(), the_ending);
        if (tcp_connect(c->pcb, &board, (u16_t)the_port, on_connected) != ERR_OK)
            report(c, "not connected");
    }
    fprintf(stderr, "ready\n");
    fflush(stderr);
}

int main(int count, char **words)
{
    int call = count == 7 && strcmp(words[1], "call") == 0;
    if (!call && (count != 5 || strcmp(words[1], "serve") != 0)) {
        fprintf(stderr, "usage: see the head of lwip_peer.c\n");
        return 2;
    }

    words += call ? 2 : 1;
    the_port = call ? atoi(words[0]) : 0;
    the_ending = strcmp(words[1], "half") == 0 ? HALF : strcmp(words[1], "reset") == 0 ? RESET : LAST;
    the_out = (u32_t)atol(words[2]);
    the_in = (u32_t)atol(words[3]);
    the_count = call ? atoi(words[4]) : 0;
    make_pattern();
    tcpip_init(start, NULL);

    unsigned char head[2], frame[65536];
    while (read_all(head, 2)) {
        u16_t length = (u16_t)(head[0] << 8 | head[1]);
        if (!read_all(frame, length))
            break;
        struct pbuf *p = pbuf_alloc(PBUF_RAW, length, PBUF_RAM);
        if (p == NULL)
            continue;
        pbuf_take(p, frame, length);
        if (cable.input == NULL || cable.input(p, &cable) != ERR_OK)
            pbuf_free(p);
    }
    return 0;
}
