// The least that answering costs here: threads that wait with epoll(7) for a request, of which they look at nothing but its end,
// and send a constant. What a server takes beyond this is its own; what is below it no server can do.
//
//   floor PORT [THREADS]    GET /27 is answered with a body of 27 bytes
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 100000

static int port;

static size_t make(char *answer, int bytes) {
    size_t head = sprintf(answer,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: %d\r\n"
                          "Date: Thu, 26 Nov 2026 12:00:00 GMT\r\n\r\n",
                          bytes);
    memset(answer + head, '7', bytes);
    return head + bytes;
}

static int listening(void) {
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(socket_, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(socket_, (struct sockaddr *)&address, sizeof address) || listen(socket_, 512)) {
        perror("floor");
        exit(1);
    }
    return socket_;
}

static void *serve(void *unused) {
    (void)unused;
    int server = listening(), poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = server}, events[512];
    static __thread char request[16384], answer[MOST + 256];
    int size = -1;
    size_t length = 0;
    epoll_ctl(poll, EPOLL_CTL_ADD, server, &event);
    for (;;) {
        int count = epoll_wait(poll, events, 512, -1);
        for (int i = 0; i < count; i++) {
            int client = events[i].data.fd;
            if (client == server) {
                client = accept4(server, NULL, NULL, SOCK_NONBLOCK);
                if (client < 0) continue;
                event.data.fd = client;
                epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
                continue;
            }
            ssize_t received = recv(client, request, sizeof request, 0);
            if (received <= 0) {
                close(client);
                continue;
            }
            int wanted = atoi(request + sizeof "GET /" - 1);
            if (wanted != size && wanted >= 0 && wanted <= MOST) length = make(answer, size = wanted);
            if (received >= 4 && !memcmp(request + received - 4, "\r\n\r\n", 4)) send(client, answer, length, MSG_NOSIGNAL);
        }
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count < 2) {
        fprintf(stderr, "floor PORT [THREADS]\n");
        return 64;
    }
    port = atoi(arguments[1]);
    int threads = count > 2 ? atoi(arguments[2]) : 1;
    for (pthread_t thread; threads > 1; threads--) pthread_create(&thread, NULL, serve, NULL);
    serve(NULL);
}
