/* What is started where /bin/true must not be touched: a program of our own that ends at once. */
int main(void)
{
    return 0;
}
