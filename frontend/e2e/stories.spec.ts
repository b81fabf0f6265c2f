import { expect, test } from './city'

test('starts', async ({ as }) => {
  const { page } = await as('broker1')
  await page.goto('/deals')
  await expect(page.getByRole('heading', { name: '项目与合同' })).toBeVisible()
})
