/* A child that lives until it is killed, and does not outlive a benchmark that died: small, and asleep. */
#include <unistd.h>

int main(void)
{
    alarm(300);
    for (;;)
        pause();
}
